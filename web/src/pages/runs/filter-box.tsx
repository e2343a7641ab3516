import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import type { Problem, RunKeys } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { applied, completionAt, placeOfError, type Suggestion } from './completion.ts'
import './filter-box.css'

interface FilterBoxProps {
  readonly value: string
  readonly experiment: readonly string[]
  readonly keys: RunKeys
  readonly problem: Problem | null
  readonly onApply: (text: string) => void
}

/** The filter of the table: MLflow's language, completed by what is in use, with the place of an error marked. */
export function FilterBox({ value, experiment, keys, problem, onApply }: FilterBoxProps) {
  const [text, setText] = useState(value)
  const [cursor, setCursor] = useState(value.length)
  const [isOpen, setOpen] = useState(false)
  const [at, setAt] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const list = useId()
  useEffect(() => setText(value), [value])
  const completion = completionAt(text, cursor, keys)
  const values = useValues(experiment, isOpen ? completion.valuesOf : null)
  const typed = text.slice(completion.from, completion.to).toLowerCase()
  const items = [
    ...completion.items,
    ...values.filter(({ text: one }) => one.toLowerCase().includes(typed)),
  ]

  const take = (item: Suggestion) => {
    const next = applied(text, completion, item.text)
    setText(next.text)
    setCursor(next.cursor)
    setAt(-1)
    requestAnimationFrame(() => input.current?.setSelectionRange(next.cursor, next.cursor))
  }
  const apply = (filter: string) => {
    setOpen(false)
    if (filter.trim() !== value) onApply(filter.trim())
  }
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && items.length > 0) {
      event.preventDefault()
      setOpen(true)
      setAt((at + step + items.length) % items.length)
    }
    const chosen = items[at]
    if (event.key === 'Tab' && isOpen && chosen !== undefined) {
      event.preventDefault()
      take(chosen)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      if (isOpen && chosen !== undefined) take(chosen)
      else apply(text)
    }
    if (event.key === 'Escape') setOpen(false)
  }
  return (
    <div className="filter">
      <input
        ref={input}
        className="input mono"
        data-search
        role="combobox"
        aria-label="Filter runs"
        aria-expanded={isOpen && items.length > 0}
        aria-controls={list}
        aria-activedescendant={isOpen && at >= 0 ? `${list}-${at}` : undefined}
        aria-invalid={problem !== null}
        placeholder="metrics.rmse < 0.5 AND params.model = 'ridge'"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setCursor(event.currentTarget.selectionStart ?? event.currentTarget.value.length)
          setOpen(true)
          setAt(-1)
        }}
        onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
        onFocus={() => setOpen(true)}
        onBlur={() => apply(text)}
        onKeyDown={onKey}
      />
      {text === '' ? null : (
        <button type="button" className="bare clear" onClick={() => onApply('')}>
          Clear
        </button>
      )}
      <ul
        id={list}
        role="listbox"
        aria-label="What can stand here"
        className="filter-list"
        hidden={!isOpen || items.length === 0}
      >
        {items.slice(0, 12 + Math.max(0, at - 8)).map((item, index) => (
          <li
            key={`${item.text} ${item.detail}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            // The field keeps the focus, so that one can go on typing.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(item)}
            ref={
              index === at ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined
            }
          >
            <code>{item.text}</code> <span className="muted small">{item.detail}</span>
          </li>
        ))}
      </ul>
      {problem === null ? null : <FilterProblem problem={problem} text={value} />}
    </div>
  )
}

/** Values in use, the most frequent first. */
function useValues(experiment: readonly string[], of: string | null): readonly Suggestion[] {
  const by = of?.replaceAll('`', '') ?? ''
  const { data } = useQuery({ ...trackingQueries.groups({ experiment }, by), enabled: by !== '' })
  if (by === '') return []
  return (data?.items ?? [])
    .filter(({ value }) => value !== null)
    .slice(0, 50)
    .map(({ value, runs }) => ({
      text: `'${(value ?? '').replaceAll("'", "''")}'`,
      detail: `${runs} ${runs === 1 ? 'run' : 'runs'}`,
    }))
}

/** What is wrong, and where: the place is underlined. */
function FilterProblem({ problem, text }: { problem: Problem; text: string }) {
  const place = placeOfError(problem.detail, problem.path, text)
  const rest = place === null ? '' : text.slice(place)
  const word = /^\S+/.exec(rest)?.[0] ?? ''
  return (
    <div className="filter-problem small" role="alert">
      {place === null ? null : (
        <p className="mono">
          {text.slice(0, place)}
          <mark>{word === '' ? '\u00a0' : word}</mark>
          {rest.slice(word.length)}
        </p>
      )}
      <p>{problem.detail}</p>
      <p className="muted">{problem.next}</p>
    </div>
  )
}
