import type { Rollout, RolloutGuard } from '../../../../src/edges/http/contract.ts'
import { capitalised } from '../../format/names.ts'
import { quantity } from '../../format/numbers.ts'
import { VerdictChip } from '../../parts/chip.tsx'

/** What aborts the rollout, arm beside arm. */
export function GuardsCard({ rollout }: { rollout: Rollout }) {
  return (
    <section className="card panel">
      <h3>Guards</h3>
      <p className="muted small">any of these aborts at once; the champion stays warm</p>
      {rollout.guards.length === 0 ? (
        <p className="muted">Nothing has been measured yet.</p>
      ) : (
        <div className="scroll" role="region" aria-label="Guards" tabIndex={0}>
          <table className="table guards">
            <thead>
              <tr>
                <th scope="col">Guard</th>
                <th scope="col" className="end">
                  v{rollout.champion}
                </th>
                <th scope="col" className="end">
                  v{rollout.version}
                </th>
                <th scope="col" className="asked">
                  Asked
                </th>
                <th scope="col">Verdict</th>
              </tr>
            </thead>
            <tbody>
              {rollout.guards.map((guard) => (
                <Row key={guard.name} guard={guard} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function Row({ guard }: { guard: RolloutGuard }) {
  const say = (value: number | null) => (value === null ? '' : quantity(value, guard.unit))
  return (
    <tr title={guard.sentence ?? undefined}>
      <th scope="row">
        {capitalised(guard.name.replaceAll('_', ' '))}
        <div className="under muted small">{guard.asked}</div>
      </th>
      <td className="end muted small">{say(guard.champion)}</td>
      <td className="end">{say(guard.challenger)}</td>
      <td className="asked muted small">{guard.asked}</td>
      <td>
        <VerdictChip verdict={guard.verdict} />
      </td>
    </tr>
  )
}
