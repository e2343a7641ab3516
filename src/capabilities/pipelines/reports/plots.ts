import { readFileSync } from 'node:fs'
import { extname, posix } from 'node:path'
import { errorMessage } from '../../../base/errors.ts'
import { isYamlMap, openDataProject, type YamlMap, type YamlValue } from '../../datasets/index.ts'
import { type PipelineDeclaration, readDeclarations } from '../declaration/read-pipeline.ts'
import { plotProperties } from '../declaration/stage.ts'
import { type PlotRow, readRows } from './plot-data.ts'
import { locate, locateAll, outsOf, type ReportPlace } from './read-reports.ts'
import { atRevision } from './revision.ts'

export interface PlotSeries {
  readonly revision: string
  readonly file: string
  readonly field: string
  readonly points: readonly { readonly x: string; readonly y: string }[]
}

/** One picture: lines of several revisions, or images. */
export interface Plot {
  readonly id: string
  readonly title: string
  readonly template: string
  readonly xLabel: string
  readonly yLabel: string
  readonly series: readonly PlotSeries[]
  /** `data:` URLs by revision. */
  readonly images: readonly { readonly revision: string; readonly url: string }[]
  readonly problems: readonly string[]
}

interface Declared {
  readonly id: string
  readonly properties: YamlMap
  /** Files and, of each, the columns of y; null is the last column. */
  readonly sources: readonly { readonly file: string; readonly fields: readonly string[] | null }[]
}

/** Every plot of dvc.yaml, or those named, with the data of each revision. */
export async function readPlots(
  root: string,
  revisions: readonly string[],
  targets: readonly string[] = [],
): Promise<readonly Plot[]> {
  const plots = new Map<string, Plot>()
  const project = openDataProject(root)
  try {
    for (const revision of revisions)
      await atRevision(root, revision, (folder) => {
        const place = { project, folder }
        for (const whole of declaredPlots(folder))
          for (const declared of filesOfFolder(place, whole)) {
            const isMeant = [whole.id, declared.id].some((id) => targets.includes(id))
            if (!isMeant && targets.length > 0) continue
            const found = plotOf(place, declared, revision)
            plots.set(declared.id, merged(plots.get(declared.id), found))
          }
      })
    return [...plots.values()]
  } finally {
    project.close()
  }
}

// A folder is as many plots as it has files.
function filesOfFolder(place: ReportPlace, declared: Declared): readonly Declared[] {
  const [only, second] = declared.sources
  if (only === undefined || second !== undefined) return [declared]
  const files = [...locateAll(place, only.file).keys()]
  if (files.length === 0 || files.includes(only.file)) return [declared]
  return files.map((file) => ({ ...declared, id: file, sources: [{ ...only, file }] }))
}

function merged(known: Plot | undefined, next: Plot): Plot {
  if (known === undefined) return next
  return {
    ...known,
    series: [...known.series, ...next.series],
    images: [...known.images, ...next.images],
    problems: [...known.problems, ...next.problems],
  }
}

function declaredPlots(folder: string): readonly Declared[] {
  const declarations = readDeclarations(folder)
  const top = declarations.flatMap(topPlots)
  const ids = new Set(top.map(({ id }) => id))
  const outs = outsOf(
    declarations.flatMap(({ stages }) => stages),
    'plot',
  )
  const own = outs.map((out) => {
    const properties = plotProperties(out)
    const y = properties.get('y')
    return {
      id: out.path,
      properties,
      sources: [{ file: out.path, fields: typeof y === 'string' ? [y] : null }],
    }
  })
  return [...top, ...own.filter(({ id }) => !ids.has(id))]
}

function topPlots({ file, resolved }: PipelineDeclaration): readonly Declared[] {
  const section = resolved.section('plots')
  const items = Array.isArray(section) ? (section as readonly YamlValue[]) : []
  const fromRoot = (path: string): string => posix.normalize(posix.join(file.folder, path))
  return items.flatMap((item): readonly Declared[] => {
    if (typeof item === 'string') {
      const path = fromRoot(item)
      return [{ id: path, properties: new Map(), sources: [{ file: path, fields: null }] }]
    }
    if (!isYamlMap(item)) return []
    return [...item].map(([id, value]) => {
      const properties = isYamlMap(value) ? value : new Map<string, YamlValue>()
      return { id, properties, sources: sourcesOf(id, properties, fromRoot) }
    })
  })
}

function sourcesOf(
  id: string,
  properties: YamlMap,
  fromRoot: (path: string) => string,
): Declared['sources'] {
  const y = properties.get('y')
  const names = (value: YamlValue): readonly string[] =>
    Array.isArray(value) ? value.map(String) : [String(value as string)]
  if (isYamlMap(y))
    return [...y].map(([file, fields]) => ({ file: fromRoot(file), fields: names(fields) }))
  return [{ file: fromRoot(id), fields: y === undefined || y === null ? null : names(y) }]
}

const IMAGES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.svg': 'image/svg+xml',
}

function plotOf(place: ReportPlace, declared: Declared, revision: string): Plot {
  const { id, properties, sources } = declared
  const text = (key: string): string | null => {
    const value = properties.get(key)
    return typeof value === 'string' ? value : null
  }
  const found = sources.map((source) => readSource(place, declared, { ...source, revision }))
  const fields = [...new Set(found.flatMap(({ series }) => series.map(({ field }) => field)))]
  return {
    id,
    title: text('title') ?? id,
    template: text('template') ?? 'linear',
    xLabel: text('x_label') ?? text('x') ?? 'step',
    yLabel: text('y_label') ?? fields.join(', '),
    series: found.flatMap(({ series }) => series),
    images: found.flatMap(({ images }) => images),
    problems: found.flatMap(({ problems }) => problems),
  }
}

interface Source {
  readonly file: string
  readonly fields: readonly string[] | null
  readonly revision: string
}

type Found = Pick<Plot, 'series' | 'images' | 'problems'>

function readSource(place: ReportPlace, { properties }: Declared, source: Source): Found {
  const { file, revision } = source
  const absolute = locate(place, file)
  const nothing = { series: [], images: [], problems: [] }
  if (absolute === null) return { ...nothing, problems: [`${revision}: ${file} is not there`] }
  const type = IMAGES[extname(file).toLowerCase()]
  if (type !== undefined) {
    const url = `data:${type};base64,${readFileSync(absolute).toString('base64')}`
    return { ...nothing, images: [{ revision, url }] }
  }
  try {
    const rows = readRows(absolute, file, properties.get('header') !== false)
    return { ...nothing, series: seriesOf(rows, source, xOf(properties, file)) }
  } catch (error) {
    return { ...nothing, problems: [`${revision}: ${file}: ${errorMessage(error)}`] }
  }
}

function xOf(properties: YamlMap, file: string): string | null {
  const x = properties.get('x')
  if (typeof x === 'string') return x
  const own = isYamlMap(x) ? (x.get(file) ?? [...x.values()][0]) : undefined
  return typeof own === 'string' ? own : null
}

function seriesOf(rows: readonly PlotRow[], { file, fields, revision }: Source, x: string | null) {
  const last = [...(rows[0]?.keys() ?? [])].at(-1)
  const chosen = fields ?? (last === undefined ? [] : [last])
  return chosen.map((field): PlotSeries => {
    const points = rows.map((row, index) => ({
      x: x === null ? String(index) : (row.get(x) ?? ''),
      y: row.get(field) ?? '',
    }))
    return { revision, file, field, points }
  })
}
