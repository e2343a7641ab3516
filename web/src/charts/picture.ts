import type { Palette } from './palette.ts'

/** A line of the legend: what is drawn in which colour. */
export interface Key {
  readonly name: string
  readonly colour: string
}

export interface PictureText {
  readonly title: string
  readonly legend: readonly Key[]
}

/** Twice what a screen shows: sharp enough for print. */
const RATIO = 2
const MARGIN = 16
const TITLE_PX = 30
const LINE_PX = 20
const KEY_PX = 18

/** The chart of a figure as a picture that stands alone: with its title and what its colours mean. */
export async function pictureOf(
  figure: HTMLElement,
  text: PictureText,
  palette: Palette,
): Promise<Blob | null> {
  const { getInstanceByDom } = await import('./echarts.ts')
  const place = figure.querySelector<HTMLElement>('[_echarts_instance_]')
  const chart = place === null ? undefined : getInstanceByDom(place)
  if (chart === undefined) return null
  const drawn = chart.renderToCanvas({ pixelRatio: RATIO, backgroundColor: palette.surface })
  const width = chart.getWidth() + 2 * MARGIN
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')
  if (pen === null) return null
  const rows = legendRows(pen, text.legend, { width: chart.getWidth(), font: palette.font })
  const head = MARGIN + TITLE_PX + rows.length * LINE_PX
  canvas.width = width * RATIO
  canvas.height = (head + chart.getHeight() + MARGIN) * RATIO
  pen.scale(RATIO, RATIO)
  pen.fillStyle = palette.surface
  pen.fillRect(0, 0, width, canvas.height)
  write(pen, { text, rows, palette })
  pen.drawImage(drawn, MARGIN, head, chart.getWidth(), chart.getHeight())
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}

interface PlacedKey extends Key {
  readonly x: number
}

/** As many names on a line as fit. */
function legendRows(
  pen: CanvasRenderingContext2D,
  legend: readonly Key[],
  { width, font }: { readonly width: number; readonly font: string },
): readonly (readonly PlacedKey[])[] {
  pen.font = `12px ${font}`
  const rows: PlacedKey[][] = []
  let x = width
  for (const key of legend) {
    const size = KEY_PX + pen.measureText(key.name).width + MARGIN
    if (x + size > width || rows.length === 0) {
      rows.push([])
      x = 0
    }
    rows.at(-1)?.push({ ...key, x })
    x += size
  }
  return rows
}

interface Head {
  readonly text: PictureText
  readonly rows: readonly (readonly PlacedKey[])[]
  readonly palette: Palette
}

function write(pen: CanvasRenderingContext2D, { text, rows, palette }: Head): void {
  pen.textBaseline = 'middle'
  pen.fillStyle = palette.ink
  pen.font = `600 14px ${palette.font}`
  pen.fillText(text.title, MARGIN, MARGIN + 8)
  pen.font = `12px ${palette.font}`
  rows.forEach((row, index) => {
    const y = MARGIN + TITLE_PX + index * LINE_PX
    for (const { name, colour, x } of row) {
      pen.fillStyle = colour
      pen.fillRect(MARGIN + x, y - 1.5, KEY_PX - 6, 3)
      pen.fillStyle = palette.muted
      pen.fillText(name, MARGIN + x + KEY_PX, y)
    }
  })
}

/** Gives a file to the person who asked for it. */
export function download(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

/** A name that any file system takes. */
export function fileName(title: string, ending: string): string {
  const safe = title.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^-+|-+$/g, '')
  return `${safe === '' ? 'chart' : safe}.${ending}`
}
