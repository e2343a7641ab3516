import { parseDuration } from '../../../base/time.ts'
import { isYamlMap, type YamlMap, type YamlValue } from '../../datasets/index.ts'
import type { StageHints } from '../schema.ts'
import type { PipelineFile } from './pipeline-file.ts'
import { closed, kindOf, type Shape, type ValuePath } from './shape.ts'

export const NO_HINTS: StageHints = {
  timeoutMs: null,
  retries: 0,
  cores: 1,
  memoryBytes: null,
  gpu: 0,
  packages: false,
}

const wholeNumber: Shape = (value, path) =>
  typeof value === 'number' && value >= 0
    ? null
    : { path, message: `expected a whole number, found ${kindOf(value)}` }

const duration: Shape = (value, path) =>
  typeof value === 'string' && (parseDuration(value) ?? 0) > 0
    ? null
    : { path, message: `${kindOf(value)} is not a duration such as 10m` }

const size: Shape = (value, path) =>
  sizeOf(value) === null ? { path, message: `${kindOf(value)} is not a size such as 2GB` } : null

const yesOrNo: Shape = (value, path) =>
  typeof value === 'boolean'
    ? null
    : { path, message: `expected true or false, found ${kindOf(value)}` }

const shape = closed({
  timeout: duration,
  retries: wholeNumber,
  cores: wholeNumber,
  memory: size,
  gpu: wholeNumber,
  packages: yesOrNo,
})

/** `meta.ratchet` of a stage: what it needs, and how often and how long it is tried. */
export function readHints(file: PipelineFile, path: ValuePath, meta: YamlValue): StageHints {
  const own = isYamlMap(meta) ? meta.get('ratchet') : undefined
  if (own === undefined || own === null) return NO_HINTS
  const fault = shape(own, path)
  if (fault !== null) throw file.invalid(fault.path, fault.message)
  const hints = own as YamlMap
  const timeout = hints.get('timeout')
  return {
    timeoutMs: typeof timeout === 'string' ? parseDuration(timeout) : null,
    retries: numberOf(hints.get('retries'), 0),
    cores: numberOf(hints.get('cores'), 1),
    memoryBytes: sizeOf(hints.get('memory') ?? null),
    gpu: numberOf(hints.get('gpu'), 0),
    packages: hints.get('packages') === true,
  }
}

function numberOf(value: YamlValue | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  KI: 2 ** 10,
  MI: 2 ** 20,
  GI: 2 ** 30,
  TI: 2 ** 40,
}

function sizeOf(value: YamlValue): number | null {
  if (typeof value === 'number') return value > 0 ? value : null
  if (typeof value !== 'string') return null
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?$/i.exec(value.trim()) ?? []
  const factor = UNITS[unit.toUpperCase()]
  return digits === '' || factor === undefined ? null : Math.round(Number(digits) * factor)
}
