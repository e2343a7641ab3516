import { useQuery } from '@tanstack/react-query'
import type {
  ClientEnvironment,
  RunLineage,
  RunSnapshot,
  TrackedRun,
} from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { plural } from '../../format/numbers.ts'
import { Facts } from '../../parts/facts.tsx'
import { Section } from '../../parts/heading.tsx'
import { Loaded } from '../../parts/states.tsx'

const LOOK_AGAIN_MS = 2000

/** The project that the run started in, as the server saw it, and the environment that its models name. */
export function RunProject({ run: { id, status } }: { run: TrackedRun }) {
  // The server looks at the project a moment after a run has begun.
  const isAwaited = ({ state }: { state: { data: RunLineage | undefined } }): number | false =>
    status === 'RUNNING' && state.data?.snapshot === null ? LOOK_AGAIN_MS : false
  const query = useQuery({ ...trackingQueries.runLineage(id), refetchInterval: isAwaited })
  return (
    <Section title="The project it started in">
      <Loaded query={query} what="the project">
        {({ sentence, snapshot, environment }) => (
          <>
            <p className={snapshot === null ? 'muted' : undefined}>{sentence}</p>
            {snapshot === null ? null : <Snapshot snapshot={snapshot} />}
            <Environment environment={environment} />
          </>
        )}
      </Loaded>
    </Section>
  )
}

function Snapshot({ snapshot }: { snapshot: RunSnapshot }) {
  const { changed, untracked, diff, data } = snapshot
  return (
    <>
      {changed.length === 0 ? null : (
        <Document title={plural(snapshot.changed_count, 'changed file')}>
          {diff ?? `More than is kept. The files: ${changed.join(', ')}`}
        </Document>
      )}
      {untracked.length === 0 ? null : (
        <Document title={`${plural(snapshot.untracked_count, 'file')} not in Git`}>
          {untracked.join('\n')}
        </Document>
      )}
      {data.length === 0 ? null : (
        <Document title={`Data by hash: ${snapshot.data_count}`}>
          {data.map(({ path, md5 }) => `${md5}  ${path}`).join('\n')}
        </Document>
      )}
    </>
  )
}

function Environment({ environment }: { environment: ClientEnvironment }) {
  const { client, mlflow_version: mlflow, python_version: python, requirements } = environment
  const facts = [
    { name: 'Client', value: client },
    { name: 'MLflow', value: mlflow },
    { name: 'Python', value: python },
  ].flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]))
  return (
    <>
      {facts.length === 0 ? null : <Facts facts={facts} />}
      {requirements.length === 0 ? null : (
        <Document title={plural(requirements.length, 'requirement')}>
          {requirements.join('\n')}
        </Document>
      )}
    </>
  )
}

function Document({ title, children }: { title: string; children: string }) {
  return (
    <details className="document">
      <summary>{title}</summary>
      <pre>{children}</pre>
    </details>
  )
}
