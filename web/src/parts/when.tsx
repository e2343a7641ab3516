import { duration, exact, isoDay, relative, stamp } from '../format/times.ts'
import { useProjectTime } from './project-time.ts'

interface WhenProps {
  readonly at: string
  /** `ago`: 41 days ago. `age`: 41 days. `stamp`: yesterday 09:14. */
  readonly as?: 'ago' | 'age' | 'stamp'
}

/** A time as people say it, seen from project time; the exact one on hover. */
export function When({ at, as = 'ago' }: WhenProps) {
  const now = useProjectTime()
  return (
    <time dateTime={at} title={exact(at)} className="nowrap">
      {now === null ? isoDay(at) : say(at, now, as)}
    </time>
  )
}

function say(at: string, now: number, as: 'ago' | 'age' | 'stamp'): string {
  switch (as) {
    case 'ago':
      return relative(at, now)
    case 'age':
      return duration(now - Date.parse(at))
    case 'stamp':
      return stamp(at, now)
  }
}
