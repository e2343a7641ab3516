import { useState } from 'react'
import type { RunKeys } from '../../../../src/edges/http/contract.ts'
import { csvAddress, type RunsAsked } from '../../api/tracking-queries.ts'
import { NONE_CHOSEN } from './chosen.ts'
import { ColumnChooser } from './column-chooser.tsx'
import { isOwnTag } from './columns.ts'
import type { RunsView, ViewChange } from './view.ts'

interface TableToolsProps {
  readonly view: RunsView
  readonly keys: RunKeys
  readonly columns: readonly string[]
  readonly asked: RunsAsked
  readonly onChange: (next: ViewChange) => void
}

/** What the table shows and how: columns, groups, children, charts, the deleted, CSV. */
export function TableTools({ view, keys, columns, asked, onChange }: TableToolsProps) {
  const [isChoosing, setChoosing] = useState(false)
  const groups = [
    ...keys.params.map((key) => `params.${key}`),
    ...keys.tags.filter((key) => !isOwnTag(key)).map((key) => `tags.${key}`),
  ]
  return (
    <div className="runs-tools">
      <button type="button" className="button" onClick={() => setChoosing(true)}>
        Columns
      </button>
      <label className="inline">
        <span className="visually-hidden">Group by</span>
        <select
          className="button"
          value={view.group ?? ''}
          onChange={(event) => onChange({ group: event.currentTarget.value })}
        >
          <option value="">No groups</option>
          {view.group !== undefined && !groups.includes(view.group) ? (
            <option value={view.group}>by {view.group}</option>
          ) : null}
          {groups.map((id) => (
            <option key={id} value={id}>
              by {id}
            </option>
          ))}
        </select>
      </label>
      <Toggle
        label="Children"
        title="Show runs below the one that started them"
        on={view.nest === true}
        onChange={(on) => onChange({ nest: on ? true : undefined })}
      />
      <Toggle
        label="Deleted"
        title="Show what was deleted"
        on={view.deleted === true}
        onChange={(on) => onChange({ deleted: on ? true : undefined, ...NONE_CHOSEN })}
      />
      <a className="button" href={csvAddress(asked)} download="runs.csv">
        CSV
      </a>
      <Toggle
        label="Charts"
        title="Draw the chosen runs, or the first ones"
        on={view.chart !== undefined}
        onChange={(on) => onChange({ chart: on ? 'lines' : undefined })}
      />
      {isChoosing ? (
        <ColumnChooser
          keys={keys}
          columns={columns}
          pinned={view.pin ?? []}
          onChange={(cols, pin) => onChange({ cols, pin })}
          onUsual={() => onChange({ cols: undefined, pin: undefined })}
          onClose={() => setChoosing(false)}
        />
      ) : null}
    </div>
  )
}

interface ToggleProps {
  readonly label: string
  readonly title: string
  readonly on: boolean
  readonly onChange: (on: boolean) => void
}

export function Toggle({ label, title, on, onChange }: ToggleProps) {
  return (
    <button
      type="button"
      className={on ? 'button on' : 'button'}
      title={title}
      aria-pressed={on}
      onClick={() => onChange(!on)}
    >
      {label}
    </button>
  )
}
