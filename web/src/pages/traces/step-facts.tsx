import type { TraceSpan } from '../../../../src/edges/http/contract.ts'
import { spent } from '../pipelines/spent.ts'
import '../../parts/facts.css'
import '../pipelines/pipelines-page.css'

/** What a step was given and gave. All of it is text: what a program traced is never markup. */
export function StepFacts({ span }: { span: TraceSpan }) {
  const { inputs, outputs, attributes, events, message, status } = span
  return (
    <div className="card stage-panel">
      {status === 'ERROR' && message !== '' ? <p className="trouble">{message}</p> : null}
      <Text title="Given" text={inputs} />
      <Text title="Gave" text={outputs} />
      {events.map(({ name, at_ms: at, text }) => (
        <Text key={`${at} ${name}`} title={`${name}, after ${spent(at)}`} text={text} />
      ))}
      {attributes.length === 0 ? null : (
        <details>
          <summary>Attributes ({attributes.length})</summary>
          <dl className="facts">
            {attributes.map(({ key, value }) => (
              <div key={key}>
                <dt className="muted">{key}</dt>
                <dd>
                  <code className="traced">{value}</code>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  )
}

function Text({ title, text }: { title: string; text: string | null }) {
  if (text === null || text === '') return null
  return (
    <div>
      <h3>{title}</h3>
      <pre className="command traced" tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </div>
  )
}
