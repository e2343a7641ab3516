import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import { inWords } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { VersionTable } from '../../parts/version-table.tsx'

/** Every model with the versions it has had. */
export function ModelsPage() {
  const query = useQuery(queries.models())
  return (
    <>
      <Crumbs>Models</Crumbs>
      <Loaded isPage query={query} what="the models">
        {({ items }) => (
          <>
            <Heading
              title={items.length === 0 ? 'No model yet' : inWords(items.length, 'model')}
              tab="Models"
            >
              Each with its versions, what they were made from, and what became of them.
            </Heading>
            {items.length === 0 ? (
              <Empty title="Train the first one" command={'ratchet repro\nratchet register NAME'}>
                A model is declared under models in ratchet.yaml.
              </Empty>
            ) : null}
            {items.map(({ name }) => (
              <Section
                key={name}
                title={name}
                note={
                  <Link to="/models/$name" params={{ name }}>
                    Its whole history on one time axis →
                  </Link>
                }
              >
                <VersionTable model={name} />
              </Section>
            ))}
          </>
        )}
      </Loaded>
    </>
  )
}
