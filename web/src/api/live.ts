import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Clock, Status } from '../../../src/edges/http/contract.ts'
import { queries } from './queries.ts'

export type Connection = 'connecting' | 'live' | 'reconnecting'

/** A replay moves many days a second: what is on the screen is asked again at most this often. */
const REFRESH_MS = 1500
const RETRY_MS = 2000

/** Follows the event stream: asks again for what is shown when something happened, and says how the line is. */
export function useLive(): Connection {
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>('connecting')
  useEffect(() => follow(client, setConnection), [client])
  return connection
}

function follow(client: QueryClient, say: (connection: Connection) => void): () => void {
  const refresh = throttled(() => void client.invalidateQueries(), REFRESH_MS)
  let source: EventSource | undefined
  let retry: number | undefined
  let seen = -1
  let dropped = false

  const connect = () => {
    source = new EventSource(`/api/v1/events/stream${seen >= 0 ? `?after=${seen}` : ''}`)
    source.addEventListener('open', () => {
      say('live')
      if (dropped) refresh.soon()
      dropped = false
    })
    source.addEventListener('happened', (message: MessageEvent<string>) => {
      seen = Math.max(seen, Number(message.lastEventId) || -1)
      refresh.soon()
    })
    source.addEventListener('clock', (message: MessageEvent<string>) => {
      setTime(client, JSON.parse(message.data) as Clock)
    })
    source.addEventListener('error', () => {
      dropped = true
      say('reconnecting')
      // A browser gives up for good on some answers (a proxy's 502): we do not.
      if (source?.readyState === EventSource.CLOSED) retry = window.setTimeout(connect, RETRY_MS)
    })
  }

  connect()
  return () => {
    source?.close()
    window.clearTimeout(retry)
    refresh.stop()
  }
}

function setTime(client: QueryClient, clock: Clock): void {
  client.setQueryData<Status>(queries.status().queryKey, (status) =>
    status === undefined
      ? status
      : { ...status, time: clock.now, replay: clock.replay ? { now: clock.now } : null },
  )
}

function throttled(work: () => void, everyMs: number) {
  let timer: number | undefined
  const run = () => {
    timer = undefined
    work()
  }
  return {
    soon: () => {
      timer ??= window.setTimeout(run, everyMs)
    },
    stop: () => window.clearTimeout(timer),
  }
}
