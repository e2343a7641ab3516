import type { Link } from './contract.ts'

/** The page that shows a thing of the project, by the prefix of its id; `why` takes whatever has no page of its own. */
export function linkOf(id: string, label?: string): Link {
  const prefix = id.slice(0, Math.max(0, id.indexOf('_')))
  switch (prefix) {
    case 'gate':
      return { page: 'gate', id, label: label ?? 'gate' }
    case 'rol':
      return { page: 'rollout', id, label: label ?? 'rollout' }
    case 'alr':
      return { page: 'alert', id, label: label ?? 'alert' }
    case 'job':
      return { page: 'job', id, label: label ?? 'job' }
    case 'run':
      return { page: 'pipeline_run', id, label: label ?? 'run' }
    default:
      return { page: 'why', id, label: label ?? 'why' }
  }
}

/** A version's own page: its passport. */
export function versionLink(model: string, version: number): Link {
  return { page: 'version', id: `${model}/${version}`, label: 'version' }
}

export function modelLink(name: string): Link {
  return { page: 'model', id: name, label: 'model' }
}
