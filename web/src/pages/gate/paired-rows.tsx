import type { Gate } from '../../../../src/edges/http/contract.ts'
import { percent, plural } from '../../format/numbers.ts'

/** Wins, ties and losses as one bar with its words. */
export function PairedRows({ gate, paired }: { gate: Gate; paired: NonNullable<Gate['paired']> }) {
  const { wins, losses, ties } = paired
  const all = wins + losses + ties
  const parts = [
    { what: `v${gate.challenger} nearer`, n: wins, colour: 'var(--accent)' },
    { what: 'equal', n: ties, colour: 'var(--line)' },
    {
      what: gate.champion === null ? 'not nearer' : `v${gate.champion} nearer`,
      n: losses,
      colour: 'var(--faint)',
    },
  ].filter(({ n }) => n > 0)
  if (all === 0) return <p className="muted">No row was scored by both.</p>
  return (
    <div className="card paired">
      <div className="bar" aria-hidden="true">
        {parts.map(({ what, n, colour }) => (
          <span key={what} style={{ flexGrow: n, background: colour }} />
        ))}
      </div>
      <ul>
        {parts.map(({ what, n, colour }) => (
          <li key={what}>
            <i style={{ background: colour }} aria-hidden="true" /> {what} on{' '}
            <strong>{plural(n, 'row')}</strong> <span className="muted">({percent(n / all)})</span>
          </li>
        ))}
      </ul>
      <span className="muted small">{plural(all, 'row')}, each scored by both.</span>
    </div>
  )
}
