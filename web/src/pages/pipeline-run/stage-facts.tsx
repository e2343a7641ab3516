import { Link } from '@tanstack/react-router'
import type { HashedPath, RunEnvironment, RunStage } from '../../../../src/edges/http/contract.ts'
import { plural } from '../../format/numbers.ts'
import { bytes } from '../artifacts/kinds.ts'
import { Changes } from '../pipelines/changes.tsx'
import '../../parts/facts.css'

/** Why a stage ran, what it read and wrote, by hash. */
export function StageFacts({ stage }: { stage: RunStage }) {
  const { changes, command, inputs, outputs, params, error } = stage
  return (
    <div className="card stage-panel">
      {error === null ? null : <p className="trouble">{error}</p>}
      {changes.length === 0 ? (
        <p className="muted">
          {stage.state === 'skipped'
            ? 'It did not run: no file, parameter or command had changed.'
            : 'Why it ran was not kept.'}
        </p>
      ) : (
        <Changes changes={changes} />
      )}
      {command === '' ? null : <pre className="command">{command}</pre>}
      <div className="lists">
        <Hashed title="Read" paths={inputs} />
        {params.length === 0 ? null : (
          <div>
            <h3>With</h3>
            <ul>
              {params.map(({ key, value }) => (
                <li key={key}>
                  <code>
                    {key} = {value}
                  </code>
                </li>
              ))}
            </ul>
          </div>
        )}
        <Hashed title="Wrote" paths={outputs} />
        <Measured stage={stage} />
      </div>
      {stage.environment === null ? null : <Environment environment={stage.environment} />}
    </div>
  )
}

/** How its command ended and what it took, as the system says. */
function Measured({ stage: { exit_code: code, peak_memory: memory } }: { stage: RunStage }) {
  if (code === null && memory === null) return null
  return (
    <div>
      <h3>Ended with</h3>
      <ul>
        {code === null ? null : <li>exit code {code}</li>}
        {memory === null ? null : <li>{bytes(memory)} of memory at the most</li>}
      </ul>
    </div>
  )
}

function Environment({ environment }: { environment: RunEnvironment }) {
  const { os, cores, memory, shell, node, python, variables, packages } = environment
  const facts: readonly (readonly [string, string | null])[] = [
    ['System', os],
    ['Machine', `${plural(cores, 'core')}, ${bytes(memory)} of memory`],
    ['Shell', shell],
    ['Node', node],
    ['Python', python],
    ...variables.map(({ key, value }) => [key, value] as const),
  ]
  return (
    <details>
      <summary>In what it ran</summary>
      <dl className="facts">
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt className="muted">{name}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ),
        )}
      </dl>
      {packages === null ? null : (
        <pre className="command" tabIndex={0} aria-label="Packages of Python">
          {packages.join('\n')}
        </pre>
      )}
    </details>
  )
}

function Hashed({ title, paths }: { title: string; paths: readonly HashedPath[] }) {
  if (paths.length === 0) return null
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {paths.map(({ path, md5, size }) => (
          <li key={path}>
            <code>{path}</code>{' '}
            <span className="muted nowrap">
              <Link to="/why/$id" params={{ id: md5 }} title={md5}>
                <code>{md5.slice(0, 8)}</code>
              </Link>
              , {bytes(size)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
