import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Problem } from '../../../src/edges/http/contract.ts'
import { problemOf } from '../api/problem.ts'
import { asTitle } from '../format/names.ts'
import { Heading } from './heading.tsx'
import './states.css'

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>
  /** What is being fetched, for those who wait: `the models`. */
  readonly what: string
  /** All of a page waits for it: where it fails, that is the heading. */
  readonly isPage?: boolean
  readonly children: (data: Data) => ReactNode
}

/** The three states of an answer. One that is here stays on the screen while a newer one is fetched. */
export function Loaded<Data>({ query, what, isPage, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) {
    const again = () => void query.refetch()
    return <Failure error={query.error} again={again} isPage={isPage === true} />
  }
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

interface FailureProps {
  readonly error: unknown
  readonly again?: () => void
  readonly isPage?: boolean
}

/** An error as its table has it: what, where, the code, and what to do next. */
export function Failure({ error, isPage = false, ...rest }: FailureProps) {
  const problem = problemOf(error)
  return (
    <>
      {isPage ? <Heading title={problem.title} /> : null}
      <section className="card state" role="alert">
        {isPage ? null : <h2>{asTitle(problem.title)}</h2>}
        <Advice problem={problem} {...rest} />
      </section>
    </>
  )
}

function Advice({ problem, again }: { problem: Problem; again?: () => void }) {
  return (
    <>
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
    </>
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
