import { Link } from '@tanstack/react-router'
import type { PipelineNode } from '../../../../src/edges/http/contract.ts'
import { Section } from '../../parts/heading.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Committed } from '../data/committed.tsx'
import { Changes } from './changes.tsx'
import { spent } from './spent.ts'
import { NodeChip, StageChip } from './stage-state.tsx'

/** One stage: why it would run or not, what it reads and writes, how it went. */
export function StagePanel({ node }: { node: PipelineNode }) {
  const { id, state, sentence, changes, command, description, recent } = node
  return (
    <Section title={id}>
      <div className="card stage-panel">
        <p>
          <NodeChip state={state} /> <Sentence text={sentence} />
        </p>
        {description === null ? null : <p className="muted">{description}</p>}
        {changes.length === 0 ? null : <Changes changes={changes} />}
        {command === null ? null : <pre className="command">{command}</pre>}
        <div className="lists">
          <Paths title="Reads" paths={node.deps} />
          <Paths title="Parameters" paths={node.params} />
          <Paths title="Writes" paths={node.outs} />
        </div>
        {recent.length === 0 ? null : (
          <div>
            <h3>Last runs</h3>
            <ul className="past">
              {recent.map(({ run_id, state: ended, at, duration_ms }) => (
                <li key={run_id}>
                  <StageChip state={ended} />{' '}
                  <Link to="/pipelines/runs/$id" params={{ id: run_id }} search={{ stage: id }}>
                    <Committed at={at} />
                  </Link>
                  {ended === 'ran' && duration_ms !== null ? (
                    <span className="muted"> took {spent(duration_ms)}</span>
                  ) : null}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Section>
  )
}

function Paths({ title, paths }: { title: string; paths: readonly string[] }) {
  if (paths.length === 0) return null
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {paths.map((path) => (
          <li key={path}>
            <code>{path}</code>
          </li>
        ))}
      </ul>
    </div>
  )
}
