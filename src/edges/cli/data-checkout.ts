import {
  type CheckedOut,
  checkoutDatasets,
  type DataProject,
  notePlacedOuts,
  removeUnnamed,
  selectOuts,
} from '../../capabilities/datasets/index.ts'

type Options = NonNullable<Parameters<typeof checkoutDatasets>[2]>

/** Checks out; of everything, it also takes away what nothing names any more. */
export async function checkoutAndTidy(
  project: DataProject,
  targets: readonly string[],
  options: Options,
): Promise<readonly CheckedOut[]> {
  const all = targets.length === 0 && options.outs === undefined
  const outs = options.outs ?? (await selectOuts(project, targets, options))
  const done = await checkoutDatasets(project, targets, { ...options, outs })
  const removed = all ? await removeUnnamed(project, outs) : []
  notePlacedOuts(project, outs, { all })
  return [...done, ...removed]
}
