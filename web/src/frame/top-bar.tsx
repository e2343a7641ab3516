import { useQuery } from '@tanstack/react-query'
import type { Connection } from '../api/live.ts'
import { queries } from '../api/queries.ts'
import { exact, isoDay } from '../format/times.ts'

interface TopBarProps {
  readonly connection: Connection
  readonly onSearch: () => void
  readonly crumbsPlace: (element: HTMLElement | null) => void
}

export function TopBar({ connection, onSearch, crumbsPlace }: TopBarProps) {
  const { data: status } = useQuery(queries.status())
  return (
    <div className="top">
      <nav className="crumbs" aria-label="Where this is" ref={crumbsPlace} />
      <button type="button" className="bare" onClick={onSearch}>
        <kbd>⌘K</kbd> search
      </button>
      {status?.replay ? (
        <time
          className="mono"
          dateTime={status.replay.now}
          title={`Replay: the project's clock stands at ${exact(status.replay.now)}`}
        >
          replay {isoDay(status.replay.now)}
        </time>
      ) : null}
      <LiveBadge connection={connection} />
    </div>
  )
}

const LIVE: Readonly<Record<Connection, { tone: string; word: string; title: string }>> = {
  connecting: { tone: '', word: 'connecting', title: 'Asking for the live line' },
  live: { tone: 'good', word: 'live', title: 'What happens shows here at once' },
  reconnecting: {
    tone: 'warning',
    word: 'reconnecting',
    title: 'The line to the control plane is lost: what you see may be old. Models keep answering.',
  },
}

function LiveBadge({ connection }: { connection: Connection }) {
  const { tone, word, title } = LIVE[connection]
  return (
    <span className={`chip ${tone}`} role="status" title={title}>
      <span aria-hidden="true">{connection === 'live' ? '●' : '◌'}</span> {word}
    </span>
  )
}
