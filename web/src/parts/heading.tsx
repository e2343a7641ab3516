import { useEffect, useRef, type ReactNode } from 'react'
import { asTitle } from '../format/names.ts'
import './heading.css'

interface HeadingProps {
  /** The verdict, as a sentence. */
  readonly title: string
  readonly children?: ReactNode
  readonly actions?: ReactNode
  /** Of the browser's tab and of the history; the title when not given. */
  readonly tab?: string
}

/** The head of a page: what is the case, in one sentence, and what can be done about it. */
export function Heading({ title, children, actions, tab }: HeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${tab ?? title} · Ratchet`
  }, [tab, title])
  return (
    <header className="heading">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {asTitle(title)}
        </h1>
        {children === undefined ? null : <p className="muted">{children}</p>}
      </div>
      {actions === undefined ? null : <div className="actions">{actions}</div>}
    </header>
  )
}

/** A part of a page, with a heading of its own. */
export function Section(props: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <h2>{props.title}</h2>
      {props.note === undefined ? null : <p className="muted">{props.note}</p>}
      {props.children}
    </section>
  )
}
