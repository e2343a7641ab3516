import { Link } from '@tanstack/react-router'
import type { RunsAsked } from '../../api/tracking-queries.ts'
import { count, plural } from '../../format/numbers.ts'
import { CommandButton } from '../../parts/command-button.tsx'
import { type Chosen, commandedBy, countChosen, MOST_NAMED, NONE_CHOSEN } from './chosen.ts'
import { RenameButton } from './rename-button.tsx'
import { TagButton } from './tag-button.tsx'
import type { ViewChange } from './view.ts'

interface BulkBarProps {
  readonly chosen: Chosen
  /** How many match. */
  readonly total: number
  readonly asked: RunsAsked
  /** Of the experiments: what is typed to confirm a deletion. */
  readonly name: string
  readonly areDeleted: boolean
  readonly onChange: (next: ViewChange) => void
}

const MOST_COMPARED = 20

/** What can be done with the runs that were chosen. */
export function BulkBar({ chosen, total, asked, name, areDeleted, onChange }: BulkBarProps) {
  const n = countChosen(chosen, total)
  if (chosen.named.size === 0 && !chosen.every) return null
  const runs = plural(n, 'run')
  const ids = chosen.every ? [] : [...chosen.named]
  const body = commandedBy(chosen, asked)
  return (
    <div className="bulk" role="toolbar" aria-label="Chosen runs">
      <strong>{runs} chosen</strong>
      <Reach chosen={chosen} n={n} total={total} onChange={onChange} />
      {ids.length < 2 || ids.length > MOST_COMPARED ? null : (
        <Link to="/compare" search={{ runs: ids }} className="button primary">
          Compare
        </Link>
      )}
      <TagButton runs={runs} body={body} />
      {ids.length === 1 ? <RenameButton id={ids[0] ?? ''} /> : null}
      {areDeleted ? (
        <CommandButton
          label="Restore"
          explain={`${runs} will be listed again.`}
          path="/runs/restore"
          body={body}
          onDone={() => onChange(NONE_CHOSEN)}
          kind="primary"
        />
      ) : (
        <CommandButton
          label="Delete"
          explain={`${runs} will no longer be listed. They can be restored from the deleted ones until they are cleared away.`}
          path="/runs/delete"
          body={body}
          onDone={() => onChange(NONE_CHOSEN)}
          kind="danger"
          confirmName={name}
        />
      )}
      <button type="button" className="bare" onClick={() => onChange(NONE_CHOSEN)}>
        Choose none
      </button>
    </div>
  )
}

interface ReachProps {
  readonly chosen: Chosen
  readonly n: number
  readonly total: number
  readonly onChange: (next: ViewChange) => void
}

/** How far the choice reaches, and how it is made to reach all. */
function Reach({ chosen, n, total, onChange }: ReachProps) {
  if (chosen.every)
    return (
      <span className="muted small">
        {chosen.named.size === 0 ? 'all that match' : `all that match but ${chosen.named.size}`}
      </span>
    )
  const isFull = n >= MOST_NAMED
  return (
    <>
      {isFull ? (
        <span className="muted small">no more than {MOST_NAMED} are chosen one by one</span>
      ) : n > MOST_COMPARED ? (
        <span className="muted small">2 to {MOST_COMPARED} can be compared</span>
      ) : null}
      {n > 1 && n < total ? (
        <button
          type="button"
          className="bare"
          onClick={() => onChange({ sel: undefined, every: true })}
        >
          Choose all {count(total)}
        </button>
      ) : null}
    </>
  )
}
