import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { problemOf } from '../api/problem.ts'
import './states.css'

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>
  /** What is being fetched, for those who wait: `the models`. */
  readonly what: string
  readonly children: (data: Data) => ReactNode
}

/** The three states of an answer. One that is here stays on the screen while a newer one is fetched. */
export function Loaded<Data>({ query, what, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <Failure error={query.error} again={() => void query.refetch()} />
  return <Loading what={what} />
}

export function Loading({ what }: { what: string }) {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">Fetching {what}</span>
      <i />
      <i />
      <i />
    </div>
  )
}

/** An error as its table has it: what, where, the code, and what to do next. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const problem = problemOf(error)
  return (
    <section className="card state" role="alert">
      <h2>{problem.title}</h2>
      <p>{problem.detail}</p>
      {problem.path === null ? null : (
        <p className="muted small">
          at <code>{problem.path}</code>
        </p>
      )}
      <p>{problem.next}</p>
      <p className="muted small">
        <code>{problem.code}</code>
      </p>
      {again === undefined ? null : (
        <button type="button" className="button" onClick={again}>
          Try again
        </button>
      )}
    </section>
  )
}

interface EmptyProps {
  readonly title: string
  readonly children: ReactNode
  /** The command that fills this place. */
  readonly command?: string
}

/** An empty place teaches: what would be here, and the command that fills it. */
export function Empty({ title, children, command }: EmptyProps) {
  return (
    <section className="card state">
      <h2>{title}</h2>
      <p className="muted">{children}</p>
      {command === undefined ? null : <pre className="command">{command}</pre>}
    </section>
  )
}
