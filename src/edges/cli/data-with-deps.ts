import { posix } from 'node:path'
import {
  type DataProject,
  type SelectedOut,
  selectOuts,
} from '../../capabilities/datasets/index.ts'
import { readPipeline, readStageOuts } from '../../capabilities/pipelines/index.ts'

export { readStageOuts }

/** What the targets mean, and all data that the stages which make it depend on, back to the first. */
export async function outsWithDeps(
  project: DataProject,
  targets: readonly string[],
): Promise<readonly SelectedOut[]> {
  const all = await selectOuts(project, [], { readStageOuts })
  const makers = stageInputs(project.root)
  const found = new Map<string, SelectedOut>()
  const queue = [...(await selectOuts(project, targets, { readStageOuts }))]
  for (let out = queue.shift(); out !== undefined; out = queue.shift()) {
    if (found.has(out.path)) continue
    found.set(out.path, out)
    const inputs = makers.get(out.declaredBy) ?? []
    queue.push(...all.filter(({ path }) => inputs.some((input) => touches(path, input))))
  }
  return [...found.values()]
}

function stageInputs(root: string): ReadonlyMap<string, readonly string[]> {
  const stages = [...readPipeline(root).values()]
  return new Map(
    stages.map(({ file, name, wdir, deps }) => [
      `${file}:${name}`,
      deps.map((dep) => posix.join(wdir, dep)),
    ]),
  )
}

function touches(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}
