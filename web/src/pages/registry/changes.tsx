import { useQuery } from '@tanstack/react-query'
import type { RegistryChange } from '../../../../src/edges/http/contract.ts'
import { registryQueries } from '../../api/registry-queries.ts'
import { CommandButton } from '../../parts/command-button.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Section } from '../../parts/heading.tsx'
import { Id } from '../../parts/sentence.tsx'
import { Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'

const COLUMNS: readonly Column<RegistryChange>[] = [
  { id: 'at', header: 'When', sortBy: ({ at }) => at, cell: ({ at }) => <When at={at} /> },
  {
    id: 'sentence',
    header: 'What changed',
    cell: ({ sentence, undoes }) => (
      <div className="sentence">
        {sentence}
        {undoes === null ? null : <span className="muted"> (taken back)</span>}
      </div>
    ),
  },
  { id: 'by', header: 'By', sortBy: ({ by }) => by, cell: ({ by }) => by },
  {
    id: 'cause',
    header: 'Cause',
    cell: ({ caused_by }) =>
      caused_by === null ? <span className="muted">–</span> : <Id id={caused_by} />,
  },
  {
    id: 'undo',
    header: '',
    cell: (change) =>
      change.what === 'alias' || change.what === 'stage' ? (
        <CommandButton
          label="Undo"
          explain={`“${change.sentence}” is taken back: it is again ${change.before ?? 'as if it had not been'}.`}
          path={`/changes/${change.id}/undo`}
          kind="primary"
        />
      ) : null,
  },
]

/** Who changed what, from what to what; of one version, or of all. */
export function Changes({ name, version }: { name: string; version?: number }) {
  const query = useQuery(registryQueries.history(name))
  return (
    <Section title="What was changed">
      <Loaded query={query} what="the history">
        {({ items }) => {
          const rows =
            version === undefined ? items : items.filter((change) => isAbout(change, version))
          return rows.length === 0 ? (
            <p className="muted">Nothing since it was made.</p>
          ) : (
            <div className="bounded">
              <DataTable label="Changes" rows={rows} columns={COLUMNS} rowId={({ id }) => id} />
            </div>
          )
        }}
      </Loaded>
    </Section>
  )
}

/** An alias is about the versions that it left and went to. */
function isAbout({ version, what, before, after }: RegistryChange, asked: number): boolean {
  return (
    version === asked || (what === 'alias' && (before === String(asked) || after === String(asked)))
  )
}
