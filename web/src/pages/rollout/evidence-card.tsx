import { useMemo } from 'react'
import type {
  Rollout,
  RolloutEvidence,
  SequencePoint,
} from '../../../../src/edges/http/contract.ts'
import { Chart } from '../../charts/chart.tsx'
import { usePalette } from '../../charts/palette.ts'
import { capitalised, metricName } from '../../format/names.ts'
import { count, percent, quantity, signed, signedEstimate } from '../../format/numbers.ts'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { When } from '../../parts/when.tsx'
import { evidenceOption } from './evidence-option.ts'

/** The confidence sequence: it narrows as labels arrive, until it stands clear of the boundary. */
export function EvidenceCard({ rollout }: { rollout: Rollout }) {
  const { evidence } = rollout
  const last = evidence?.points.at(-1)
  return (
    <section className="card panel">
      <h3>
        {evidence === null ? 'Evidence' : capitalised(metricName(evidence.metric.name))}, v
        {rollout.version} − v{rollout.champion}, as {evidence?.counted_in ?? 'labels'} arrive
      </h3>
      {evidence === null || last === undefined ? (
        <p className="muted">
          No label has matured for both versions yet. The band is drawn from the first ones on.
        </p>
      ) : (
        <>
          <p className="muted small">
            {percent(evidence.confidence)} interval that holds however often one looks. Now{' '}
            <strong>{signedEstimate(last.estimate, last)}</strong> {evidence.metric.unit} after{' '}
            {count(last.n)} {evidence.counted_in}; {demand(evidence)}.
          </p>
          <EvidenceChart evidence={evidence} />
          <details>
            <summary>As a table</summary>
            <Looks evidence={evidence} />
          </details>
        </>
      )}
    </section>
  )
}

function demand({ metric, boundary }: RolloutEvidence): string {
  const side = metric.lower_is_better ? 'below' : 'above'
  return `${metric.lower_is_better ? 'below' : 'above'} 0 is better${
    boundary === null
      ? ''
      : `; proven when the whole band is ${side} ${quantity(boundary, metric.unit)}`
  }`
}

function EvidenceChart({ evidence }: { evidence: RolloutEvidence }) {
  const palette = usePalette()
  const option = useMemo(() => evidenceOption(evidence, palette), [evidence, palette])
  return (
    <Chart
      option={option}
      height={232}
      label={`Confidence sequence of ${evidence.points.length} looks at ${evidence.metric.name}; the table below has the figures`}
    />
  )
}

function Looks({ evidence }: { evidence: RolloutEvidence }) {
  const columns: readonly Column<SequencePoint>[] = [
    {
      id: 'n',
      header: capitalised(evidence.counted_in),
      align: 'end',
      sortBy: ({ n }) => n,
      cell: ({ n }) => count(n),
    },
    { id: 'at', header: 'Looked', sortBy: ({ at }) => at, cell: ({ at }) => <When at={at} /> },
    {
      id: 'estimate',
      header: 'Difference',
      align: 'end',
      cell: ({ estimate }) => signed(estimate),
    },
    { id: 'lo', header: 'From', align: 'end', cell: ({ lo }) => signed(lo) },
    { id: 'hi', header: 'To', align: 'end', cell: ({ hi }) => signed(hi) },
  ]
  return (
    <DataTable
      label="Looks at the evidence"
      rows={evidence.points}
      columns={columns}
      rowId={({ n, at }) => `${n} ${at}`}
    />
  )
}
