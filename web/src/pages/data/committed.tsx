import { day, exact } from '../../format/times.ts'
import { useProjectTime } from '../../parts/project-time.ts'
import { When } from '../../parts/when.tsx'

const DAY_MS = 86_400_000

/** When Git was told, or a shell. A replay lives in another time than they do: there only the date says something. */
export function Committed({ at }: { at: string }) {
  const now = useProjectTime()
  if (now === null || Date.parse(at) <= now + DAY_MS) return <When at={at} />
  return (
    <time dateTime={at} title={exact(at)} className="nowrap">
      {day(at)}
    </time>
  )
}
