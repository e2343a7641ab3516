import { posix } from 'node:path'
import { readSource, type Import, type Source, type SourceText } from './read-source.ts'
import * as rules from './rules.ts'

export interface Violation {
  readonly file: string
  readonly line: number
  readonly rule: string
  readonly detail: string
}

/** Reads every file and says where it breaks which rule; none when the house is in order. */
export function checkArchitecture(files: readonly SourceText[]): readonly Violation[] {
  return files
    .map(readSource)
    .flatMap((source) => [
      ...source.imports.flatMap((one) => importViolations(source, one)),
      ...globalViolations(source),
      ...tableViolations(source),
    ])
}

export function formatViolation({ file, line, rule, detail }: Violation): string {
  return `${file}:${line} ${rule}: ${detail}`
}

function importViolations(source: Source, one: Import): readonly Violation[] {
  const violation = (rule: string, detail: string): Violation[] => [
    { file: source.path, line: one.line, rule, detail },
  ]
  const from = placeOf(source.path)
  if (!one.from.startsWith('.')) return packageViolations(from, one, violation)
  const target = posix.normalize(posix.join(posix.dirname(source.path), one.from))
  const to = placeOf(target)
  if (from.layer === 'web') return webViolations(target, one, violation)
  if (to.layer === 'web') return violation('web', 'the page is built, not imported')
  if (from.layer === null) return []
  if (to.layer === null) return testSupport(source.path, target, violation)
  return [
    ...arrowViolations(from, to, violation),
    ...doorViolations(source.path, target, violation),
  ]
}

type Report = (rule: string, detail: string) => Violation[]

interface Place {
  readonly layer: string | null
  readonly capability: string | null
}

function placeOf(path: string): Place {
  const [root, layer, inner] = path.split('/')
  if (root === 'web') return { layer: 'web', capability: null }
  if (root !== 'src' || layer === undefined) return { layer: null, capability: null }
  if (layer === 'index.ts') return { layer: 'library', capability: null }
  return { layer, capability: layer === 'capabilities' ? (inner ?? null) : null }
}

function packageViolations(from: Place, one: Import, report: Report): readonly Violation[] {
  if (from.layer === null || !rules.PURE_LAYERS.includes(from.layer)) return []
  if (!rules.INPUT_OUTPUT.includes(one.from.replace(/^node:/, ''))) return []
  return report('pure', `${from.layer} has no input or output, it cannot use ${one.from}`)
}

function webViolations(target: string, one: Import, report: Report): readonly Violation[] {
  if (target.startsWith('web/')) return []
  if (!target.startsWith(rules.CONTRACT))
    return report('web', `the page knows of the server only ${rules.CONTRACT}, not ${target}`)
  return one.typeOnly ? [] : report('web', `only types: write "import type" for ${target}`)
}

// A test may use what lies beside the tests; the program may not.
function testSupport(path: string, target: string, report: Report): readonly Violation[] {
  if (isTest(path)) return []
  return report('arrow', `the program does not use ${target}`)
}

function arrowViolations(from: Place, to: Place, report: Report): readonly Violation[] {
  const layers = rules.LAYERS[from.layer ?? '']
  if (layers === undefined)
    return report('arrow', `src/${from.layer} is no layer of tests/architecture/rules.ts`)
  if (from.layer !== to.layer)
    return layers.includes(to.layer ?? '')
      ? []
      : report('arrow', `${from.layer} does not import ${to.layer}`)
  if (from.capability === null || from.capability === to.capability) return []
  const allowed = rules.CAPABILITIES[from.capability]
  if (allowed === undefined)
    return report('arrow', `${from.capability} is no capability of tests/architecture/rules.ts`)
  return allowed.includes(to.capability ?? '')
    ? []
    : report('arrow', `${from.capability} does not import ${to.capability}`)
}

function doorViolations(path: string, target: string, report: Report): readonly Violation[] {
  for (const [folder, doors] of Object.entries(rules.DOORS)) {
    if (!target.startsWith(`${folder}/`) || path.startsWith(`${folder}/`)) continue
    if (doors.includes(target.slice(folder.length + 1)) || target.endsWith('.testing.ts')) continue
    return report('door', `${target} is behind ${folder}/${doors.join(', ')}`)
  }
  return []
}

function globalViolations(source: Source): readonly Violation[] {
  if (placeOf(source.path).layer === null || source.path.startsWith('web/')) return []
  if (isTest(source.path)) return []
  return source.globals.flatMap(({ what, line }) => {
    const reason = reasonAgainst(what, source.path)
    return reason === null ? [] : [{ file: source.path, line, rule: what, detail: reason }]
  })
}

function reasonAgainst(what: string, path: string): string | null {
  if (what === 'process.env')
    return path === rules.ENVIRONMENT_FILE ? null : `read it in ${rules.ENVIRONMENT_FILE}, pass it`
  if (what === 'console')
    return rules.CONSOLE_FOLDERS.some((folder) => path.startsWith(folder))
      ? null
      : 'only commands print; log or return it'
  if (path === rules.CLOCK_FILE) return null
  return what === 'Math.random'
    ? 'results must repeat: pass a seeded generator'
    : `time is passed in as a Clock (${rules.CLOCK_FILE})`
}

// A table is named for its owner: monitoring_predictions belongs to monitoring, jobs_schedules to jobs.
function tableViolations(source: Source): readonly Violation[] {
  if (isTest(source.path) || isMigration(source.path)) return migrationViolations(source)
  const { layer, capability } = placeOf(source.path)
  const self = capability ?? layer
  return source.tables.flatMap(({ what, line }) => {
    const owner = ownerOf(what)
    if (owner === null || owner === self) return []
    const detail = `${what} belongs to ${owner}; ask it through its index.ts`
    return [{ file: source.path, line, rule: 'table', detail }]
  })
}

function migrationViolations(source: Source): readonly Violation[] {
  const name = /migrations\/\d{4}-([a-z]+)[\w-]*\.ts$/.exec(source.path)?.[1]
  if (name === undefined) return []
  return source.tables
    .filter(({ what }) => ownerOf(what) !== null && ownerOf(what) !== name)
    .map(({ what, line }) => {
      const detail = `a migration of ${name} does not touch ${what}`
      return { file: source.path, line, rule: 'table', detail }
    })
}

function ownerOf(table: string): string | null {
  const owners = [...Object.keys(rules.CAPABILITIES), 'events', 'jobs', 'automation']
  return owners.find((owner) => table === owner || table.startsWith(`${owner}_`)) ?? null
}

function isMigration(path: string): boolean {
  return path.startsWith('src/storage/database/migrations/')
}

function isTest(path: string): boolean {
  return /\.(test|contract|testing|fixtures)\.tsx?$/.test(path) || path.startsWith('tests/')
}
