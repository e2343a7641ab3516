import { useState } from 'react'
import type { RunKeys } from '../../../../src/edges/http/contract.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { ATTRIBUTE_IDS, columnOf, isOwnTag } from './columns.ts'

interface ColumnChooserProps {
  readonly keys: RunKeys
  readonly columns: readonly string[]
  readonly pinned: readonly string[]
  readonly onChange: (columns: readonly string[], pinned: readonly string[]) => void
  readonly onUsual: () => void
  readonly onClose: () => void
}

/** Which columns, in which order, and which stay in sight. */
export function ColumnChooser(props: ColumnChooserProps) {
  const { keys, columns, pinned, onChange, onUsual, onClose } = props
  const [find, setFind] = useState('')
  const move = (id: string, step: number) => {
    const from = columns.indexOf(id)
    const to = from + step
    if (to < 0 || to >= columns.length) return
    const next = [...columns]
    next.splice(from, 1)
    next.splice(to, 0, id)
    onChange(next, pinned)
  }
  const toggle = (id: string) =>
    columns.includes(id)
      ? onChange(
          columns.filter((one) => one !== id),
          pinned.filter((one) => one !== id),
        )
      : onChange([...columns, id], pinned)
  const pin = (id: string) =>
    onChange(columns, pinned.includes(id) ? pinned.filter((one) => one !== id) : [...pinned, id])
  const others = allColumns(keys).filter(
    (id) => !columns.includes(id) && id.toLowerCase().includes(find.trim().toLowerCase()),
  )
  return (
    <Dialog title="Columns" opened onClose={onClose}>
      <ul className="chooser" aria-label="Columns shown, in their order">
        {columns.map((id, index) => (
          <li key={id}>
            <label>
              <input type="checkbox" checked onChange={() => toggle(id)} /> <Name id={id} />
            </label>
            <span className="chooser-acts">
              <button
                type="button"
                className="bare"
                aria-pressed={pinned.includes(id)}
                onClick={() => pin(id)}
              >
                {pinned.includes(id) ? 'Pinned' : 'Pin'}
              </button>
              <button
                type="button"
                className="bare"
                aria-label={`Move ${id} up`}
                disabled={index === 0}
                onClick={() => move(id, -1)}
              >
                ↑
              </button>
              <button
                type="button"
                className="bare"
                aria-label={`Move ${id} down`}
                disabled={index === columns.length - 1}
                onClick={() => move(id, 1)}
              >
                ↓
              </button>
            </span>
          </li>
        ))}
      </ul>
      <input
        className="input"
        aria-label="Find a column"
        placeholder="Find a metric, param or tag"
        value={find}
        onChange={(event) => setFind(event.currentTarget.value)}
      />
      <ul className="chooser" aria-label="Columns not shown">
        {others.slice(0, 200).map((id) => (
          <li key={id}>
            <label>
              <input type="checkbox" checked={false} onChange={() => toggle(id)} /> <Name id={id} />
            </label>
          </li>
        ))}
      </ul>
      <div className="actions">
        <button type="button" className="button" onClick={onUsual}>
          As usual
        </button>
        <button type="button" className="button primary" onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  )
}

function Name({ id }: { id: string }) {
  const column = columnOf(id)
  return (
    <>
      {column?.label ?? id} <span className="muted small">{kindOf(column?.kind)}</span>
    </>
  )
}

function kindOf(kind: string | undefined): string {
  return kind === undefined || kind === 'attr' ? '' : kind.slice(0, -1)
}

export function allColumns({ metrics, params, tags }: RunKeys): readonly string[] {
  return [
    ...ATTRIBUTE_IDS,
    ...metrics.map((key) => `metrics.${key}`),
    ...params.map((key) => `params.${key}`),
    ...tags.filter((key) => !isOwnTag(key)).map((key) => `tags.${key}`),
    ...tags.filter(isOwnTag).map((key) => `tags.${key}`),
  ]
}
