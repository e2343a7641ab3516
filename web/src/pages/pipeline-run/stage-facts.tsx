import { Link } from '@tanstack/react-router'
import type { HashedPath, RunStage } from '../../../../src/edges/http/contract.ts'
import { bytes } from '../artifacts/kinds.ts'
import { Changes } from '../pipelines/changes.tsx'

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
      </div>
    </div>
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
