import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { RatchetError } from '../../../base/errors.ts'
import { placesIn } from '../../../base/yaml.ts'
import { conflictLine, isYamlMap, parseYaml, type YamlMap } from '../../datasets/index.ts'
import { pipelineErrors } from '../errors.ts'
import { dvcYamlShape } from './dvc-yaml-shape.ts'
import type { ValuePath } from './shape.ts'

export const PIPELINE_FILE = 'dvc.yaml'

/** One dvc.yaml, of the right form; templates are not filled in yet. */
export interface PipelineFile {
  /** From the project's root, with forward slashes. */
  readonly path: string
  /** Its folder; '' is the root. */
  readonly folder: string
  readonly document: YamlMap
  /** Refuses what stands at a place, with line and column. */
  readonly invalid: (path: ValuePath, message: string) => RatchetError
}

/** @throws PIPELINE_FILE_MISSING, PIPELINE_FILE_INVALID with line and column */
export function readPipelineFile(root: string, path: string): PipelineFile {
  const absolute = join(root, path)
  if (!existsSync(absolute))
    throw pipelineErrors.PIPELINE_FILE_MISSING({ detail: absolute, path: absolute })
  return parsePipelineFile(readFileSync(absolute, 'utf8'), path)
}

export function parsePipelineFile(text: string, path: string): PipelineFile {
  const folder = posix.dirname(path) === '.' ? '' : posix.dirname(path)
  const invalid = refusal(text, path)
  refuseConflict(text, path)
  const parsed = parseOrRefuse(text, path)
  const document = parsed === null ? new Map<string, never>() : parsed
  const fault = dvcYamlShape(document, [])
  if (fault !== null) throw invalid(fault.path, fault.message)
  if (!isYamlMap(document)) throw invalid([], 'it is not a mapping')
  return { path, folder, document, invalid }
}

function parseOrRefuse(text: string, path: string) {
  try {
    return parseYaml(text, path)
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    const { detail, path: place = path } = error
    throw pipelineErrors.PIPELINE_FILE_INVALID({ detail: `${place}: ${detail}`, path: place })
  }
}

function refusal(text: string, path: string): PipelineFile['invalid'] {
  return (where, message) => {
    const { line, column } = placesIn(text)(where)
    const place = `${path}:${line}:${column}`
    const name = where.join('.')
    return pipelineErrors.PIPELINE_FILE_INVALID({
      detail: `${place} ${name}: ${message}`,
      path: `${place} ${name}`.trim(),
    })
  }
}

/** Git's marks of a merge that is not finished are named as such, with their line. */
export function refuseConflict(text: string, path: string): void {
  const line = conflictLine(text)
  if (line === null) return
  throw pipelineErrors.PIPELINE_FILE_CONFLICT({
    detail: `${path}:${line} begins with the mark of a merge conflict`,
    path: `${path}:${line}`,
  })
}
