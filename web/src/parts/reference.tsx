import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Link as Reference } from '../../../src/edges/http/contract.ts'

/** Where a thing of the project is shown. */
export function Reference({ link, children }: { link: Reference; children: ReactNode }) {
  switch (link.page) {
    case 'model':
      return (
        <Link to="/models/$name" params={{ name: link.id }}>
          {children}
        </Link>
      )
    case 'gate':
      return (
        <Link to="/gates/$id" params={{ id: link.id }}>
          {children}
        </Link>
      )
    case 'rollout':
      return (
        <Link to="/rollouts/$id" params={{ id: link.id }}>
          {children}
        </Link>
      )
    case 'pipeline_run':
      return (
        <Link to="/pipelines/runs/$id" params={{ id: link.id }} search={{}}>
          {children}
        </Link>
      )
    case 'stage':
      return (
        <Link to="/pipelines" search={{ stage: link.id }}>
          {children}
        </Link>
      )
    case 'data':
      return (
        <Link to="/data/$path" params={{ path: link.id }} search={{}}>
          {children}
        </Link>
      )
    case 'run':
    case 'experiment':
    case 'registry':
    case 'version':
      return <Link to={addressOf(link)}>{children}</Link>
    case 'alert':
    case 'job':
    case 'why':
      return (
        <Link to="/why/$id" params={{ id: link.id }}>
          {children}
        </Link>
      )
  }
}

/** `team%2Fchurn/3` of `team/churn/3`: a name may have slashes, a number has none. */
function versionPath(id: string): string {
  const at = id.lastIndexOf('/')
  return `${encodeURIComponent(id.slice(0, at))}/${id.slice(at + 1)}`
}

/** The address of the same place, for those who cannot render a link (charts, the palette). */
export function addressOf(link: Reference): string {
  const id = encodeURIComponent(link.id)
  switch (link.page) {
    case 'model':
      return `/models/${id}`
    case 'gate':
      return `/gates/${id}`
    case 'rollout':
      return `/rollouts/${id}`
    case 'pipeline_run':
      return `/pipelines/runs/${id}`
    case 'stage':
      return `/pipelines?stage=${id}`
    case 'data':
      return `/data/${id}`
    case 'run':
      return `/runs/${id}`
    case 'experiment':
      return `/experiments/${id}`
    case 'registry':
      return `/registry/${id}`
    case 'version':
      return `/registry/${versionPath(link.id)}`
    case 'alert':
    case 'job':
    case 'why':
      return `/why/${id}`
  }
}
