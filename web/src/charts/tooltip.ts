import type { Palette } from './palette.ts'

/** Lines of a tooltip at a place of the x axis: the first is its title. Text, never markup. */
export type TooltipLines = (x: number) => readonly string[]

/** What a chart says under the pointer, in the look of the page. */
export function tooltipOf(palette: Palette, lines: TooltipLines) {
  return {
    backgroundColor: palette.surface,
    borderColor: palette.line,
    borderWidth: 1,
    padding: [8, 11],
    confine: true,
    transitionDuration: 0,
    textStyle: { color: palette.ink, fontSize: 12.5, fontFamily: palette.font },
    extraCssText:
      'box-shadow:none;border-radius:7px;pointer-events:none;max-width:340px;white-space:normal',
    axisPointer: {
      type: 'line' as const,
      lineStyle: { color: palette.faint, type: 'dashed' as const },
    },
    formatter: (params: unknown) => element(lines(placeOf(params))),
  }
}

/** Where the pointer is: ECharts hands over one hit or several. */
function placeOf(params: unknown): number {
  const [first] = Array.isArray(params) ? params : [params]
  return Number((first as { axisValue?: number | string } | undefined)?.axisValue)
}

/** An element made of text nodes: what people named their things cannot become markup. */
function element(lines: readonly string[]): HTMLElement {
  const box = document.createElement('div')
  lines.forEach((line, index) => {
    const row = document.createElement('div')
    row.textContent = line
    if (index === 0) row.style.fontWeight = '600'
    box.append(row)
  })
  return box
}
