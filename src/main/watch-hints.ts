import { resolve } from 'node:path'
import {
  type FolderHints,
  isNamed,
  localFolder,
  watchFolder,
} from '../capabilities/datasets/index.ts'
import type { Foundation } from './foundation.ts'
import { whenQuiet } from './when-quiet.ts'
import { lookJob, watchesOf } from './watch-jobs.ts'

/** What is told of new files before their listing comes round. A hint only brings a listing forward; the listing decides. */
export interface WatchHints {
  /** Files that a store says it has: the patterns that are looked at for it. */
  readonly notify: (addresses: readonly string[]) => readonly string[]
  readonly start: () => void
  readonly stop: () => void
}

type HintGround = Pick<
  Foundation,
  'clock' | 'project' | 'projectRoot' | 'database' | 'enqueue' | 'log'
>

/** A file that is younger may still be written, and would wait for one more look. */
const QUIET_MS = 5500
const REFRESH_MS = 60_000

export interface HintOptions {
  /** Called when a look was enqueued. */
  readonly wake: () => void
  /** How long nothing must be heard of before the look. */
  readonly quietMs?: number
}

/** In a replay there are none: files are looked for when its clock moves. */
export function createWatchHints(
  { clock, project, projectRoot, database, enqueue, log }: HintGround,
  { wake, quietMs = QUIET_MS }: HintOptions,
): WatchHints {
  const watches = clock.mode === 'live' ? watchesOf(project) : []
  const folders = new Map<string, FolderHints>()
  const quiet = whenQuiet(quietMs, (watch) => {
    // A folder that has come meanwhile gives hints from now on.
    folders.get(watch)?.refresh()
    database
      .transaction((tx) => enqueue(tx, lookJob(watch)))
      .then(wake, (error: unknown) => log.error({ error, watch }, 'a look could not be enqueued'))
  })
  let timer: NodeJS.Timeout | undefined
  return {
    notify: (addresses) => {
      const named = watches.filter(({ pattern }) =>
        addresses.some((address) => isNamed(projectRoot, pattern, address)),
      )
      for (const { name } of named) quiet.hear(name)
      return named.map(({ pattern }) => pattern)
    },
    start: () => {
      for (const { name, folder } of followed(watches)) {
        const path = resolve(projectRoot, folder.path)
        const follow = watchFolder(path, folder.deep, () => quiet.hear(name))
        folders.set(name, follow)
      }
      timer = setInterval(() => folders.forEach(({ refresh }) => refresh()), REFRESH_MS)
    },
    stop: () => {
      clearInterval(timer)
      for (const { close } of folders.values()) close()
      quiet.stop()
    },
  }
}

// Whoever says how often to look means no oftener.
function followed(watches: ReturnType<typeof watchesOf>) {
  return watches.flatMap(({ name, pattern, isPaced }) => {
    const folder = isPaced ? null : localFolder(pattern)
    return folder === null ? [] : [{ name, folder }]
  })
}
