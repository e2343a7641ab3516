import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { TrackedRun } from '../../../../src/edges/http/contract.ts'
import { traceQueries } from '../../api/trace-queries.ts'
import { plural } from '../../format/numbers.ts'
import { Section } from '../../parts/heading.tsx'

/** As many as are counted; whoever has more wants the list, not their number. */
const COUNTED = 100

/** The way to the requests that were traced within the run, where there are any. */
export function RunTraces({ run: { id } }: { run: TrackedRun }) {
  const { data } = useQuery(traceQueries.traces({ run: id }, COUNTED))
  if (data === undefined || data.items.length === 0) return null
  const failed = data.items.filter(({ state }) => state === 'ERROR').length
  const many = data.next_page_token === null ? '' : 'more than '
  return (
    <Section title="Traces">
      <p>
        <Link to="/traces" search={{ run: id }}>
          {many}
          {plural(data.items.length, 'trace')}
        </Link>
        {failed === 0 ? '' : `, of which ${failed} failed`}
      </p>
    </Section>
  )
}
