import { Link } from '@tanstack/react-router'
import { CommandButton } from '../../parts/command-button.tsx'
import { RenameButton } from './rename-button.tsx'
import { TagButton } from './tag-button.tsx'

interface BulkBarProps {
  readonly ids: readonly string[]
  /** Of the experiments: what is typed to confirm a deletion. */
  readonly name: string
  readonly areDeleted: boolean
  readonly onClear: () => void
}

const MOST_COMPARED = 20

/** What can be done with the runs that were chosen. */
export function BulkBar({ ids, name, areDeleted, onClear }: BulkBarProps) {
  const [first] = ids
  if (first === undefined) return null
  const runs = ids.length === 1 ? '1 run' : `${ids.length} runs`
  return (
    <div className="bulk" role="toolbar" aria-label="Chosen runs">
      <strong>{runs} chosen</strong>
      {ids.length < 2 ? null : ids.length > MOST_COMPARED ? (
        <span className="muted small">2 to {MOST_COMPARED} can be compared</span>
      ) : (
        <Link to="/compare" search={{ runs: ids }} className="button primary">
          Compare
        </Link>
      )}
      <TagButton ids={ids} />
      {ids.length === 1 ? <RenameButton id={first} /> : null}
      {areDeleted ? (
        <CommandButton
          label="Restore"
          explain={`${runs} will be listed again.`}
          path="/runs/restore"
          body={{ ids }}
          kind="primary"
        />
      ) : (
        <CommandButton
          label="Delete"
          explain={`${runs} will no longer be listed. They can be restored from the deleted ones until they are cleared away.`}
          path="/runs/delete"
          body={{ ids }}
          kind="danger"
          confirmName={name}
        />
      )}
      <button type="button" className="quiet" onClick={onClear}>
        Choose none
      </button>
    </div>
  )
}
