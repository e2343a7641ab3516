import { Link } from '@tanstack/react-router'
import type {
  Decision,
  Drift,
  ModelRow,
  Next,
  Quality,
} from '../../../../src/edges/http/contract.ts'
import { estimate, number, quantity } from '../../format/numbers.ts'
import { asSentence, metricShort } from '../../format/names.ts'
import { Chip } from '../../parts/chip.tsx'
import { LoopRing } from '../../parts/loop-ring.tsx'
import { Reference } from '../../parts/reference.tsx'
import { Sentence, withoutModel } from '../../parts/sentence.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { When } from '../../parts/when.tsx'
import './loop-table.css'

/** One row a model: where it is in the loop, how good, against what, and what comes next. */
export function LoopTable({ rows }: { rows: readonly ModelRow[] }) {
  return (
    <div className="card">
      <table className="loop">
        <caption className="visually-hidden">Models in the loop</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Model</th>
            <th scope="col">Champion</th>
            <th scope="col">Quality, 8 weeks, against its guard</th>
            <th scope="col">Drift</th>
            <th scope="col">Last decision</th>
            <th scope="col">Next</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.name} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ row }: { row: ModelRow }) {
  const { name, loop, champion, quality, drift, last_decision: decision, next } = row
  return (
    <tr className={row.attention ? 'attention' : undefined}>
      <td data-label="Step">
        <LoopRing loop={loop} />
      </td>
      <td data-label="Model">
        <Link to="/models/$name" params={{ name }} className="name">
          {name}
        </Link>
        <div className="muted small">{quality === null ? loop.word : qualityNow(quality)}</div>
        {row.attention ? <Chip tone="bad" word="needs you" /> : null}
      </td>
      <td data-label="Champion">
        {champion === null ? (
          <span className="muted">none yet</span>
        ) : (
          <>
            <strong>v{champion.version}</strong>
            <div className="muted small">
              <When at={champion.since} as="age" />
            </div>
          </>
        )}
      </td>
      <td data-label="Quality, 8 weeks">
        {quality === null ? (
          <span className="muted small">no labels have matured</span>
        ) : (
          <Sparkline quality={quality} />
        )}
      </td>
      <td data-label="Drift">
        {drift === null ? <span className="muted small">not checked yet</span> : driftCell(drift)}
      </td>
      <td data-label="Last decision" className="decision">
        {decision === null ? (
          <span className="muted small">none yet</span>
        ) : (
          <DecisionCell decision={decision} model={name} />
        )}
      </td>
      <td data-label="Next">{next === null ? <span className="muted">–</span> : nextCell(next)}</td>
    </tr>
  )
}

function DecisionCell({ decision, model }: { decision: Decision; model: string }) {
  const [head, rest] = headOf(withoutModel(decision.sentence, model))
  return (
    <>
      <strong>
        <Sentence text={head} />
      </strong>{' '}
      <span className="muted small">
        <Sentence text={`${rest} ${decision.detail ?? ''}`} /> <When at={decision.at} />
        {decision.link === null ? null : (
          <>
            {' · '}
            <Reference link={decision.link}>{decision.link.label} →</Reference>
          </>
        )}
      </span>
    </>
  )
}

/** What was decided, apart from the evidence that a colon leads in. */
function headOf(sentence: string): readonly [string, string] {
  const colon = sentence.indexOf(': ')
  return colon < 0
    ? [sentence, '']
    : [`${sentence.slice(0, colon)}.`, asSentence(sentence.slice(colon + 2))]
}

function qualityNow({ metric, value, interval }: Quality): string {
  if (value === null) return `${metricShort(metric.name)}: too few labels`
  return `${metricShort(metric.name)} ${estimate(value, interval)} ${metric.unit}`
}

function driftCell({ state, worst_feature: feature, score, floor }: Drift) {
  return (
    <>
      {state === 'calm' ? <Chip tone="good" word="calm" /> : null}
      {state === 'drifting' ? <Chip tone="warning" word="drifting" /> : null}
      {state === 'inconclusive' ? <Chip tone="quiet" word="too few rows" glyph="~" /> : null}
      {score === null ? null : (
        <div
          className="muted small"
          title={`${feature ?? 'Score'} ${quantity(score, '')}; chance alone reaches ${floor === null ? '?' : number(floor)}`}
        >
          {feature} {number(score)}
          {floor === null ? null : `, floor ${number(floor)}`}
        </div>
      )}
    </>
  )
}

function nextCell({ sentence, at, detail }: Next) {
  return (
    <>
      <div className="nowrap">
        {sentence} {at === null ? null : <When at={at} />}
      </div>
      {detail === null ? null : <div className="muted small">{detail}</div>}
    </>
  )
}
