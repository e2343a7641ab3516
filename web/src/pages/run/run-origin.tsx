import { Link } from '@tanstack/react-router'
import type { RunDataset, TrackedRun } from '../../../../src/edges/http/contract.ts'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Section } from '../../parts/heading.tsx'

const KNOWN: readonly (readonly [string, string])[] = [
  ['mlflow.source.git.commit', 'Commit'],
  ['mlflow.source.git.branch', 'Branch'],
  ['mlflow.source.git.repoURL', 'Repository'],
  ['mlflow.source.name', 'Started from'],
  ['mlflow.source.type', 'As'],
  ['mlflow.project.entryPoint', 'Entry point'],
  ['mlflow.user', 'User'],
]

/** Tags that hold whole documents: the lock of the pipeline, what was not committed. */
const DOCUMENT = /(^|[./])(dvc\.lock|dirty|diff|git\.diff|environment|requirements|conda)/i

/** Code and data that the run came from. */
export function RunOrigin({ run }: { run: TrackedRun }) {
  const tags = new Map(run.tags.map(({ key, value }) => [key, value]))
  const facts = KNOWN.flatMap(([key, name]) => {
    const value = tags.get(key)
    return value === undefined || value === '' ? [] : [{ name, value }]
  })
  const documents = run.tags.filter(({ key, value }) => DOCUMENT.test(key) && value.includes('\n'))
  return (
    <Section
      title="Code and data it came from"
      note={
        <Link to="/why/$id" params={{ id: run.id }}>
          All that led to it →
        </Link>
      }
    >
      {facts.length === 0 ? (
        <p className="muted">
          Nothing is known of its code. Start the script in a Git repository, and the commit is
          logged.
        </p>
      ) : (
        <Facts facts={facts} />
      )}
      {documents.map(({ key, value }) => (
        <details key={key} className="document">
          <summary>{key}</summary>
          <pre>{value}</pre>
        </details>
      ))}
      {run.datasets.length === 0 ? null : (
        <div style={{ marginTop: 12 }}>
          <DataTable
            label="Data sets"
            rows={run.datasets}
            columns={DATASETS}
            rowId={({ name, digest, context }) => `${name} ${digest} ${context ?? ''}`}
          />
        </div>
      )}
    </Section>
  )
}

const DATASETS: readonly Column<RunDataset>[] = [
  { id: 'name', header: 'Data set', sortBy: ({ name }) => name, cell: ({ name }) => name },
  {
    id: 'context',
    header: 'For',
    sortBy: ({ context }) => context ?? '',
    cell: ({ context }) => context ?? '–',
  },
  { id: 'digest', header: 'Digest', cell: ({ digest }) => <code>{digest}</code> },
  {
    id: 'source',
    header: 'Source',
    cell: ({ source, source_type }) => <code title={source}>{sourceOf(source, source_type)}</code>,
  },
  { id: 'rows', header: 'Size', cell: ({ profile }) => sizeOf(profile) },
  { id: 'schema', header: 'Columns', cell: ({ schema }) => <Schema text={schema} /> },
]

function sourceOf(source: string, type: string): string {
  const parsed = parsedOf(source) as { uri?: string; path?: string; url?: string } | null
  return parsed?.uri ?? parsed?.url ?? parsed?.path ?? type
}

function sizeOf(profile: string | null): string {
  const parsed = parsedOf(profile ?? '') as { num_rows?: number } | null
  return parsed?.num_rows === undefined ? '–' : `${parsed.num_rows} rows`
}

function Schema({ text }: { text: string | null }) {
  const columns = (
    parsedOf(text ?? '') as { mlflow_colspec?: { name?: string; type?: string }[] } | null
  )?.mlflow_colspec
  if (!Array.isArray(columns)) return <span className="muted">–</span>
  return (
    <details>
      <summary>{columns.length} columns</summary>
      {columns.map(({ name, type }) => (
        <div key={name}>
          {name} <span className="muted">{type}</span>
        </div>
      ))}
    </details>
  )
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
