import { count } from '../../format/numbers.ts'
import type { PlacedColumn, Sort } from './run-grid.tsx'

interface GridHeadProps {
  readonly columns: readonly PlacedColumn[]
  readonly sort: Sort | null
  readonly onSort: (key: string) => void
  readonly nameSort: string
  readonly all: AllChosen | null
}

/** Whether all that match are chosen, some of them or none; `null` where that cannot be said. */
export interface AllChosen {
  readonly state: 'all' | 'some' | 'none'
  readonly total: number
  readonly onAll: (on: boolean) => void
}

const KIND = { attr: '', metrics: 'metric', params: 'param', tags: 'tag' } as const

/** The names of the columns; a click orders by one, another turns it round, a third lets go. */
export function GridHead({ columns, sort, onSort, nameSort, all }: GridHeadProps) {
  return (
    <div role="rowgroup" className="grid-head">
      <div role="row" aria-rowindex={1} className="grid-line">
        <span role="columnheader" className="grid-cell check pinned">
          <span className="visually-hidden">Chosen</span>
          {all === null || all.total === 0 ? null : <ChooseAll {...all} />}
        </span>
        <Head
          label="Name"
          kind=""
          sortKey={nameSort}
          sort={sort}
          onSort={onSort}
          className="name pinned"
        />
        {columns.map((column) => (
          <Head
            key={column.id}
            label={column.label}
            kind={KIND[column.kind]}
            sortKey={column.sortKey}
            sort={sort}
            onSort={onSort}
            className={`${column.align} ${column.left === null ? '' : 'pinned'}`}
            width={column.width}
            left={column.left}
          />
        ))}
      </div>
    </div>
  )
}

function ChooseAll({ state, total, onAll }: AllChosen) {
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      aria-label={`Choose all ${count(total)}`}
      title="Choose all that match (Ctrl A)"
      checked={state === 'all'}
      ref={(box) => {
        if (box !== null) box.indeterminate = state === 'some'
      }}
      onChange={() => onAll(state !== 'all')}
    />
  )
}

interface HeadProps {
  readonly label: string
  readonly kind: string
  readonly sortKey: string | null
  readonly sort: Sort | null
  readonly onSort: (key: string) => void
  readonly className: string
  readonly width?: number
  readonly left?: number | null
}

function Head({ label, kind, sortKey, sort, onSort, className, width, left }: HeadProps) {
  const sorted = sortKey !== null && sort?.key === sortKey ? sort : null
  const direction = sorted === null ? 'none' : sorted.descending ? 'descending' : 'ascending'
  const arrow = sorted === null ? '' : sorted.descending ? ' ↓' : ' ↑'
  return (
    <span
      role="columnheader"
      aria-sort={sortKey === null ? undefined : direction}
      className={`grid-cell ${className}`}
      style={{ width, left: left ?? undefined }}
      title={kind === '' ? label : `${kind} ${label}`}
    >
      {sortKey === null ? (
        <span className="clip">{label}</span>
      ) : (
        <button type="button" className="sort clip" onClick={() => onSort(sortKey)}>
          {kind === '' ? null : <span className="visually-hidden">{kind} </span>}
          {label}
          <span aria-hidden="true">{arrow}</span>
        </button>
      )}
    </span>
  )
}
