import type { Gate, GateCheck, Verdict } from '../../../../src/edges/http/contract.ts'
import { capitalised, metricName } from '../../format/names.ts'
import { count, percent, quantity, signed, signedBounds } from '../../format/numbers.ts'
import { VerdictChip } from '../../parts/chip.tsx'

const WIDTH = 340
const HEIGHT = 34
const MIDDLE = 130
/** Room for the figure to the right of the widest interval. */
const REACH = 118

const COLOUR: Readonly<Record<Verdict, string>> = {
  passed: 'var(--good)',
  failed: 'var(--bad)',
  inconclusive: 'var(--warning)',
}

/** Each check with its difference and interval, held against what was asked. Better is always to the left. */
export function ForestPlot({ gate }: { gate: Gate }) {
  const reach = reachByUnit(gate.checks)
  const challenger = `v${gate.challenger}`
  return (
    <div className="card scroll" role="region" aria-label="Checks" tabIndex={0}>
      <table className="table forest">
        <caption className="visually-hidden">
          Checks of {challenger}: difference to the champion with its interval, and the demand
        </caption>
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col" className="end">
              {gate.champion === null ? 'champion' : `v${gate.champion}`}
            </th>
            <th scope="col" className="end">
              {challenger}
            </th>
            <th scope="col">
              <span className="sides">
                <span>← {challenger} better</span>
                <span>{challenger} worse →</span>
              </span>
            </th>
            <th scope="col">Asked</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {gate.checks.map((check) => (
            <Row key={check.name} check={check} reach={reach} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ check, reach }: { check: GateCheck; reach: ReadonlyMap<string, number> }) {
  const { champion, challenger, unit, difference } = check
  return (
    <tr>
      <th scope="row">{capitalised(metricName(check.name))}</th>
      <td className="end">{champion === null ? '–' : quantity(champion, unit)}</td>
      <td className="end">{challenger === null ? '–' : quantity(challenger, unit)}</td>
      <td>
        {difference === null ? (
          <span className="muted small">nothing to compare</span>
        ) : (
          <Whisker check={check} difference={difference} reach={reach.get(difference.unit) ?? 1} />
        )}
      </td>
      <td className="muted">
        {check.asked}
        {check.rows === null ? null : <div className="small">{rowsOf(check)}</div>}
      </td>
      <td>
        <VerdictChip verdict={check.verdict} />
      </td>
    </tr>
  )
}

function rowsOf({ rows, rows_needed: needed }: GateCheck): string {
  const has = `${count(rows ?? 0)} rows`
  return needed === null ? has : `${has}, about ${count(needed)} more needed`
}

interface WhiskerProps {
  readonly check: GateCheck
  readonly difference: NonNullable<GateCheck['difference']>
  readonly reach: number
}

function Whisker({ check, difference, reach }: WhiskerProps) {
  const side = check.lower_is_better ? 1 : -1
  const x = (value: number) => MIDDLE + ((side * value) / reach) * REACH
  const [left = 0, right = 0] = [x(difference.lo), x(difference.hi)].sort((a, b) => a - b)
  const middle = HEIGHT / 2
  const colour = COLOUR[check.verdict]
  const { confidence } = difference
  const said = `${signed(difference.value)}${difference.unit === '' ? '' : ` ${difference.unit}`}`
  const bounds = signedBounds(difference)
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`${said}, ${percent(confidence)} interval ${bounds}`}
    >
      <title>{`${said} (${percent(confidence)} interval ${bounds})`}</title>
      <line x1={MIDDLE} x2={MIDDLE} y1="2" y2={HEIGHT - 2} stroke="var(--faint)" opacity="0.5" />
      {check.boundary === null || check.boundary === 0 ? null : (
        <line
          x1={x(check.boundary)}
          x2={x(check.boundary)}
          y1="5"
          y2={HEIGHT - 5}
          stroke="var(--muted)"
          strokeDasharray="2 2"
        />
      )}
      <line
        x1={left}
        x2={right}
        y1={middle}
        y2={middle}
        stroke={colour}
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx={x(difference.value)} cy={middle} r="4.5" fill={colour} />
      <text
        x={Math.max(right, x(difference.value)) + 9}
        y={middle + 4}
        fontSize="12"
        fill="var(--muted)"
        stroke="var(--surface)"
        strokeWidth="4"
        paintOrder="stroke"
      >
        {said}
      </text>
    </svg>
  )
}

/** Checks in the same unit share a scale, so that their lengths may be compared. */
function reachByUnit(checks: readonly GateCheck[]): ReadonlyMap<string, number> {
  const reach = new Map<string, number>()
  for (const { difference, boundary } of checks) {
    if (difference === null) continue
    const ends = [difference.lo, difference.hi, boundary ?? 0].map(Math.abs)
    reach.set(difference.unit, Math.max(reach.get(difference.unit) ?? Number.MIN_VALUE, ...ends))
  }
  return reach
}
