import {
  type DataProject,
  openDataProject,
  withRepoLock,
} from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'
import { cliErrors } from './errors.ts'
import { createProgress } from './progress.ts'

export interface DataWork {
  readonly project: DataProject
  readonly signal: AbortSignal
  readonly jobs?: number | undefined
  readonly onProgress: (done: number, total: number, bytes: number) => void
}

export interface DataWorkOptions {
  /** What is counted, for the lines of progress. */
  readonly what: string
  readonly jobs?: number | undefined
  /** What will be written, from the root: stages that work on it are waited for. Everything unless given. */
  readonly paths?: ((project: DataProject) => readonly string[]) | undefined
}

/** Only the cache is written, where commands may not meet but stages do no harm. */
export const cacheOnly = (): readonly string[] => []

/** Opens the project and changes its data, under the lock that DVC takes too; says what it waits for and how far it is. */
export async function changing<T>(
  context: CliContext,
  { what, jobs, paths }: DataWorkOptions,
  work: (data: DataWork) => Promise<T>,
): Promise<T> {
  const { signal } = context
  const project = openDataProject(context.dataRoot(), { stateDir: context.stateDir(), jobs })
  const progress = createProgress(context, what)
  const onProgress = (done: number, total: number, bytes: number): void => {
    progress.of(total)
    progress.at(done, bytes)
  }
  const onWait = (holder: string): void =>
    context.note(`Waiting for ${holder}, which works on this data.`)
  try {
    const data = { project, signal, jobs, onProgress }
    return await withRepoLock(project, { signal, onWait, paths: paths?.(project) }, () =>
      work(data),
    )
  } finally {
    project.close()
  }
}

/** A count given with an option. @throws CLI_USAGE */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw cliErrors.CLI_USAGE({ detail: `"${text}" is no whole number above 0` })
}

export function shellQuote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
