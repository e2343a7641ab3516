import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/queries.ts'

/** Project time in ms: the replay's clock in a replay, else the server's, never the browser's. */
export function useProjectTime(): number | null {
  const { data } = useQuery(queries.status())
  return data === undefined ? null : Date.parse(data.time)
}
