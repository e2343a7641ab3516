import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { placesIn } from '../../../base/yaml.ts'
import type { Stage } from '../schema.ts'
import type { ValuePath } from './shape.ts'

/**
 * Where dvc.yaml declares a stage, or something in it: `dvc.yaml:12:5`. Read again, because only an error asks; a
 * file that is gone meanwhile is named alone.
 */
export function placeOfStage(root: string, stage: Stage, within: ValuePath = []): string {
  const { file, name, group } = stage
  const absolute = join(root, file)
  if (!existsSync(absolute)) return file
  const placeOf = placesIn(readFileSync(absolute, 'utf8'))
  const at = ['stages', group ?? name]
  // What is generated stands below `do`, or beside `matrix`; of both ways the one that leads further is there.
  const ways = [placeOf([...at, ...within]), placeOf([...at, 'do', ...within])]
  const [{ line, column } = { line: 1, column: 1 }] = ways.toSorted((a, b) => b.line - a.line)
  return `${file}:${line}:${column}`
}
