import { createContext, use, type ReactNode } from 'react'
import { createPortal } from 'react-dom'

/** Where the top bar keeps its breadcrumbs: each page knows its own, and puts them there. */
export const CrumbsPlace = createContext<HTMLElement | null>(null)

export function Crumbs({ children }: { children: ReactNode }) {
  const place = use(CrumbsPlace)
  return place === null ? null : createPortal(children, place)
}
