import { useQuery } from '@tanstack/react-query'
import type { TrackedRun } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { Section } from '../../parts/heading.tsx'
import { Artifacts } from '../artifacts/artifacts.tsx'
import type { RunView } from './view.ts'

interface RunFilesProps {
  readonly run: TrackedRun
  readonly view: RunView
  readonly onChange: (next: {
    readonly file?: string | undefined
    readonly of?: string | undefined
  }) => void
}

/** The files of the run, and those of the models that it made. */
export function RunFiles({ run, view, onChange }: RunFilesProps) {
  const models = run.models.filter(({ direction }) => direction === 'output')
  const of = models.some(({ id }) => id === view.of) ? view.of : undefined
  if (!run.artifacts_here)
    return (
      <Section title="Files">
        <p className="muted">
          They are kept at <code>{run.artifact_uri}</code>, not here.
        </p>
      </Section>
    )
  return (
    <Section title="Files">
      {models.length === 0 ? null : (
        <div className="segments" role="group" aria-label="Files of">
          <Part
            label="Run"
            on={of === undefined}
            onClick={() => onChange({ of: undefined, file: undefined })}
          />
          {models.map(({ id, name }) => (
            <Part
              key={id}
              label={`Model ${name}`}
              on={of === id}
              onClick={() => onChange({ of: id, file: 'MLmodel' })}
            />
          ))}
        </div>
      )}
      <div style={{ marginTop: 10 }}>
        <Artifacts
          key={of ?? run.id}
          id={of ?? run.id}
          file={view.file}
          onFile={(file) => onChange({ file })}
          isMoving={run.status === 'RUNNING'}
        />
      </div>
    </Section>
  )
}

function Part({ label, on, onClick }: { label: string; on: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      className={on ? 'button on' : 'button'}
      aria-pressed={on}
      onClick={onClick}
    >
      {label}
    </button>
  )
}

const LOG = /(^|[/.])(log|logs|stdout|stderr|output)(\.txt|\.log)?$|\.log$/i

/** The end of what the run wrote, where it left a log. */
export function RunLog({ run, onOpen }: { run: TrackedRun; onOpen: (file: string) => void }) {
  const files = useQuery({ ...trackingQueries.artifacts(run.id, ''), enabled: run.artifacts_here })
  const log = files.data?.items.find(({ name, is_folder }) => !is_folder && LOG.test(name))
  const text = useQuery({
    ...trackingQueries.artifactText(run.id, log?.path ?? ''),
    enabled: log !== undefined,
    refetchInterval: run.status === 'RUNNING' ? 3000 : false,
  })
  if (log === undefined || text.data === undefined || !text.data.is_text) return null
  const lines = text.data.text.trimEnd().split('\n')
  return (
    <Section
      title="Log"
      note={
        <button type="button" className="bare" onClick={() => onOpen(log.path)}>
          {log.path}: the last {Math.min(20, lines.length)} of {lines.length} lines
        </button>
      }
    >
      <pre className="card log" tabIndex={0} aria-label="The end of the log">
        {lines.slice(-20).join('\n')}
      </pre>
    </Section>
  )
}
