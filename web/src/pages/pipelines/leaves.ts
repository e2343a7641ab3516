import type { StageChange } from '../../../../src/edges/http/contract.ts'

type Tree = Readonly<Record<string, unknown>>

/** A section of parameters that changed, as the parameters in it that did; everything else as it is. */
export function leavesOf(changes: readonly StageChange[]): readonly StageChange[] {
  return changes.flatMap((change) => {
    const [from, to] = [treeOf(change.from), treeOf(change.to)]
    if (change.kind !== 'param' || from === null || to === null) return [change]
    const found = differing(change.subject, from, to)
    return found.length === 0 ? [change] : found
  })
}

function treeOf(text: string | null): Tree | null {
  if (text?.startsWith('{') !== true) return null
  try {
    return JSON.parse(text) as Tree
  } catch {
    return null
  }
}

function differing(subject: string, from: Tree, to: Tree): readonly StageChange[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  return names.flatMap((name): readonly StageChange[] => {
    const [was, is] = [from[name], to[name]]
    const path = `${subject}.${name}`
    if (isTree(was) && isTree(is)) return differing(path, was, is)
    const [a, b] = [textOf(was), textOf(is)]
    if (a === b) return []
    const sentence =
      a === null ? `${path} is new (${b})` : `${path} changed from ${a} to ${b ?? 'nothing'}`
    return [{ kind: 'param', subject: path, from: a, to: b, sentence }]
  })
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string | null {
  if (value === undefined) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}
