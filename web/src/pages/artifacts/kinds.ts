/** How a file is shown. */
export type ViewerKind = 'image' | 'markdown' | 'json' | 'table' | 'frame' | 'model' | 'text'

const BY_ENDING: Readonly<Record<string, ViewerKind>> = {
  png: 'image',
  jpg: 'image',
  jpeg: 'image',
  gif: 'image',
  webp: 'image',
  avif: 'image',
  bmp: 'image',
  md: 'markdown',
  markdown: 'markdown',
  json: 'json',
  csv: 'table',
  tsv: 'table',
  parquet: 'table',
  jsonl: 'table',
  ndjson: 'table',
  html: 'frame',
  htm: 'frame',
  svg: 'frame',
}

/** By its name; whatever is none of the known ones is looked at as text. */
export function viewerOf(path: string): ViewerKind {
  const name = path.split('/').at(-1) ?? ''
  if (name === 'MLmodel') return 'model'
  return BY_ENDING[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'text'
}

/** `1.2 kB`, `34 MB`. */
export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = size
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : Number(value.toPrecision(2 + Number(value >= 100)))} ${units[unit]}`
}
