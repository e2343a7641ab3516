import { type Stats, statSync } from 'node:fs'
import { systemClock } from '../../base/time.ts'
import { isRacy, type YamlMap } from '../datasets/index.ts'
import { readParamsFile } from './params.ts'

interface Parsed {
  readonly stats: Stats
  readonly values: YamlMap
}

/** Parameter files of one run. Thousands of stages may depend on one file: it is parsed again only when it changed. */
export class ParamFiles {
  private readonly files = new Map<string, Parsed>()

  /** @throws PIPELINE_PARAMS_INVALID */
  read(absolute: string, name: string): YamlMap {
    const stats = statSync(absolute)
    const known = this.files.get(absolute)
    if (known !== undefined && isSame(known.stats, stats)) return known.values
    const values = readParamsFile(absolute, name)
    if (isRacy(stats, systemClock.now())) this.files.delete(absolute)
    else this.files.set(absolute, { stats, values })
    return values
  }
}

function isSame(a: Stats, b: Stats): boolean {
  const hasTimes = a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs
  return hasTimes && a.size === b.size && a.ino === b.ino && a.dev === b.dev
}
