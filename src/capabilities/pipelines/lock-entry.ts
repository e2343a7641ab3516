import { compareCodePoints, type YamlMap, type YamlValue } from '../datasets/index.ts'
import { DEFAULT_PARAMS } from './params.ts'
import type { LockedPath, LockedStage } from './schema.ts'

/** A stage in the order of keys that DVC writes, to dvc.lock and to the run cache; empty sections are left out. */
export function stageEntry({ cmd, deps, params, outs }: LockedStage): YamlMap {
  const entry = new Map<string, YamlValue>([['cmd', cmd]])
  if (deps.length > 0) entry.set('deps', pathEntries(deps))
  if (params.size > 0) entry.set('params', paramEntries(params))
  if (outs.length > 0) entry.set('outs', pathEntries(outs))
  return entry
}

function pathEntries(paths: readonly LockedPath[]): readonly YamlMap[] {
  const sorted = paths.toSorted((a, b) => compareCodePoints(a.path, b.path))
  return sorted.map(({ path, md5, size, nfiles, isexec, legacy, dataset, cloud, files }) => {
    if (dataset !== undefined)
      return new Map<string, YamlValue>([
        ['path', path],
        ['dataset', dataset],
      ])
    const entry = new Map<string, YamlValue>([['path', path]])
    if (legacy !== true) entry.set('hash', 'md5')
    if (files !== undefined) return entry.set('files', files)
    entry.set('md5', md5).set('size', size)
    if (nfiles !== undefined) entry.set('nfiles', nfiles)
    if (isexec === true) entry.set('isexec', true)
    if (cloud !== undefined) entry.set('cloud', cloud)
    return entry
  })
}

// params.yaml first, then the others by name; keys sorted, their values as they are.
function paramEntries(params: LockedStage['params']): YamlMap {
  const rank = (file: string): string => (file === DEFAULT_PARAMS ? '' : file)
  const files = [...params].toSorted(([a], [b]) => compareCodePoints(rank(a), rank(b)))
  return new Map(
    files.map(([file, values]) => [
      file,
      new Map([...values].toSorted(([a], [b]) => compareCodePoints(a, b))),
    ]),
  )
}
