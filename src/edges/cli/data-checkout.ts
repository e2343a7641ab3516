import {
  type CheckedOut,
  checkoutDatasets,
  type DataProject,
  notePlacedOuts,
  type PathHash,
  removeUnnamed,
  selectOuts,
} from '../../capabilities/datasets/index.ts'

interface Options extends NonNullable<Parameters<typeof checkoutDatasets>[2]> {
  /** By path: the content of what has no content in its record. */
  readonly contents?: ReadonlyMap<string, PathHash> | undefined
}

/** Checks out; of everything, it also takes away what nothing names any more. */
export async function checkoutAndTidy(
  project: DataProject,
  targets: readonly string[],
  { contents, ...options }: Options,
): Promise<readonly CheckedOut[]> {
  const all = targets.length === 0 && options.outs === undefined
  const recorded = options.outs ?? (await selectOuts(project, targets, options))
  const outs = recorded.map((out) => ({
    ...out,
    hash: out.hash ?? contents?.get(out.path) ?? null,
  }))
  const done = await checkoutDatasets(project, targets, { ...options, outs })
  const removed = all ? await removeUnnamed(project, outs) : []
  notePlacedOuts(project, outs, { all })
  return [...done, ...removed]
}
