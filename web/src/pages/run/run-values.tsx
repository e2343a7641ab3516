import type { KeyValue, LatestMetric, TrackedRun } from '../../../../src/edges/http/contract.ts'
import { count } from '../../format/numbers.ts'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Section } from '../../parts/heading.tsx'
import { When } from '../../parts/when.tsx'
import { isOwnTag, metricText } from '../runs/columns.ts'

const METRICS: readonly Column<LatestMetric>[] = [
  { id: 'key', header: 'Metric', sortBy: ({ key }) => key, cell: ({ key }) => key },
  {
    id: 'value',
    header: 'Latest',
    align: 'end',
    sortBy: ({ value }) => (value === 'NaN' ? Number.NEGATIVE_INFINITY : value),
    cell: ({ value }) =>
      value === 'NaN' ? (
        <span className="muted" title="It was logged as not a number">
          NaN
        </span>
      ) : (
        <span title={String(value)}>{metricText(value)}</span>
      ),
  },
  {
    id: 'step',
    header: 'Step',
    align: 'end',
    sortBy: ({ step }) => step,
    cell: ({ step }) => count(step),
  },
  { id: 'at', header: 'Logged', sortBy: ({ at }) => at, cell: ({ at }) => <When at={at} /> },
]

const PAIRS: readonly Column<KeyValue>[] = [
  { id: 'key', header: 'Name', sortBy: ({ key }) => key, cell: ({ key }) => key },
  {
    id: 'value',
    header: 'Value',
    sortBy: ({ value }) => value,
    cell: ({ value }) => <Value text={value} />,
  },
]

const LONG = 160

function Value({ text }: { text: string }) {
  if (text.length <= LONG && !text.includes('\n')) return <span className="value">{text}</span>
  return (
    <details className="value">
      <summary>{text.slice(0, 80)}…</summary>
      <pre>{text}</pre>
    </details>
  )
}

/** What went in and what came out, as tables. */
export function RunValues({ run }: { run: TrackedRun }) {
  const tags = run.tags.filter(({ key }) => !isOwnTag(key))
  return (
    <div className="run-values">
      <Section title={`Metrics (${run.metrics.length})`}>
        <Rows label="Metrics" rows={run.metrics} columns={METRICS} none="No metric was logged." />
      </Section>
      <Section title={`Params (${run.params.length})`}>
        <Rows label="Params" rows={run.params} columns={PAIRS} none="No param was logged." />
      </Section>
      {tags.length === 0 ? null : (
        <Section title={`Tags (${tags.length})`}>
          <Rows label="Tags" rows={tags} columns={PAIRS} none="" />
        </Section>
      )}
    </div>
  )
}

interface RowsProps<Row> {
  readonly label: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly none: string
}

function Rows<Row extends { readonly key: string }>({
  label,
  rows,
  columns,
  none,
}: RowsProps<Row>) {
  if (rows.length === 0) return <p className="muted">{none}</p>
  return (
    <div className="bounded">
      <DataTable label={label} rows={rows} columns={columns} rowId={({ key }) => key} />
    </div>
  )
}
