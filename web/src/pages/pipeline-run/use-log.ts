import { useEffect, useState } from 'react'
import { readStageLog } from '../../api/pipeline-queries.ts'

export interface FollowedLog {
  readonly text: string
  /** Bytes before the part that was read. */
  readonly before: number
  readonly ended: boolean
  readonly missing: string | null
  readonly error: unknown
}

const EMPTY: FollowedLog = { text: '', before: 0, ended: false, missing: null, error: null }
const LOOK_EVERY_MS = 1000
/** As much as a browser holds easily; older lines go. */
const MOST_CHARACTERS = 8 * 1024 * 1024

/** The log of a stage, followed while it is written. */
export function useLog(run: string, stage: string): FollowedLog {
  const [log, setLog] = useState(EMPTY)
  useEffect(() => {
    setLog(EMPTY)
    const abort = new AbortController()
    void follow(run, stage, { signal: abort.signal, change: setLog })
    return () => abort.abort()
  }, [run, stage])
  return log
}

interface Following {
  readonly signal: AbortSignal
  readonly change: (next: (log: FollowedLog) => FollowedLog) => void
}

async function follow(run: string, stage: string, { signal, change }: Following): Promise<void> {
  let from: number | undefined
  while (!signal.aborted) {
    try {
      const part = await readStageLog(run, { stage, from }, signal)
      const isFirst = from === undefined
      from = part.next
      const { ended, missing } = part
      change((log) => ({
        text: (log.text + part.text).slice(-MOST_CHARACTERS),
        before: isFirst ? part.from : log.before,
        ended,
        missing,
        error: null,
      }))
      if (ended) return
      if (part.text === '') await pause(signal)
    } catch (error) {
      if (signal.aborted) return
      change((log) => ({ ...log, error }))
      await pause(signal)
    }
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, LOOK_EVERY_MS)
    signal.addEventListener('abort', () => {
      window.clearTimeout(timer)
      resolve()
    })
  })
}
