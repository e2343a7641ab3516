import type { RestCalls } from './calls.ts'
import { type FileInfo, toFileInfo, toPage, toRun } from './shapes.ts'
import { ClientError, type Transport } from './transport.ts'

const PROXY = '/api/2.0/mlflow-artifacts/artifacts'

/** Files of runs, through the server's artifact proxy. Paths are from the run's own folder. */
export function artifactCalls(rest: RestCalls, transport: Transport) {
  const write = async (runId: string, content: Uint8Array | string, artifactFile: string) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const path = await proxied(rest, runId, artifactFile)
    await transport.send({ method: 'PUT', path, bytes, repeatable: true })
  }
  return {
    logBytes: write,
    logText: (runId: string, text: string, artifactFile: string): Promise<void> =>
      write(runId, text, artifactFile),
    logDict: (runId: string, dictionary: unknown, artifactFile: string): Promise<void> =>
      write(runId, JSON.stringify(dictionary, null, 2), artifactFile),
    listArtifacts: async (runId: string, path?: string): Promise<readonly FileInfo[]> => {
      const answer = await rest.read('artifacts/list', { run_id: runId, path })
      return toPage(answer, 'files', toFileInfo).items
    },
    downloadArtifact: async (runId: string, path: string): Promise<Uint8Array> =>
      transport.bytes({
        method: 'GET',
        path: await proxied(rest, runId, path),
        repeatable: true,
      }),
  }
}

async function proxied(rest: RestCalls, runId: string, file: string): Promise<string> {
  const answer = await rest.read('runs/get', { run_id: runId })
  const { artifactUri } = toRun(answer['run'] as Readonly<Record<string, unknown>>).info
  const root = /^mlflow-artifacts:\/*(.*)$/.exec(artifactUri)?.[1]
  if (root === undefined)
    throw new ClientError(
      'NOT_PROXIED',
      0,
      `The files of this run are at ${artifactUri}, not here.`,
    )
  const path = `${root}/${file}`.split('/').map(encodeURIComponent).join('/')
  return `${PROXY}/${path}`
}
