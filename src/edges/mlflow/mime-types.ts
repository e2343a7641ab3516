// What MLflow shows as text, whatever a browser would make of it (utils/mime_type_utils.py, 3.17).
const TEXTS = new Set(
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ipynb MLmodel mlproject'.split(
    ' ',
  ),
)

const OTHERS: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  css: 'text/css',
  gif: 'image/gif',
  gz: 'application/gzip',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  tar: 'application/x-tar',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  wav: 'audio/x-wav',
  webm: 'video/webm',
  webp: 'image/webp',
  zip: 'application/zip',
}

/** By the name alone: what is inside is never looked at. */
export function mimeTypeOf(name: string): string {
  const dot = name.lastIndexOf('.')
  const extension = dot <= 0 ? name : name.slice(dot + 1)
  if (TEXTS.has(extension)) return 'text/plain'
  return OTHERS[extension.toLowerCase()] ?? 'application/octet-stream'
}
