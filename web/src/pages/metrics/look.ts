export const ALONG = ['step', 'time', 'relative'] as const
export type Along = (typeof ALONG)[number]
export const BANDS = ['range', 'interval', 'none'] as const
export type BandKind = (typeof BANDS)[number]

/** How lines are drawn, as an address says it. */
export interface LookView {
  readonly along?: Along
  readonly smooth?: number
  readonly log?: true
  /** The stretch of the axis that is in sight: steps, or milliseconds. */
  readonly from?: number
  readonly to?: number
  readonly band?: BandKind
}

/** What changes of it; `undefined` takes it out of the address. */
export type LookChange = { readonly [Key in keyof LookView]?: LookView[Key] | undefined }

/** How lines are drawn. An end of the stretch that is not given is that of the lines. */
export interface LinesLook {
  readonly along: Along
  readonly smooth: number
  readonly log: boolean
  readonly from: number | null
  readonly to: number | null
  readonly band: BandKind
}

/** What an address that someone may have changed by hand says of the look; what cannot be used is left out. */
export function lookView(raw: Readonly<Record<string, unknown>>): LookView {
  const along = ALONG.find((word) => word === raw['along'])
  const band = BANDS.find((word) => word === raw['band'])
  const smooth = Number(raw['smooth'])
  const [from, to] = [placeIn(raw['from']), placeIn(raw['to'])]
  const isStretch = from === undefined || to === undefined || from < to
  return {
    ...(along === undefined || along === 'step' ? {} : { along }),
    ...(smooth > 0 && smooth < 1 ? { smooth } : {}),
    ...(raw['log'] === true || raw['log'] === 'true' ? { log: true } : {}),
    ...(isStretch && from !== undefined ? { from } : {}),
    ...(isStretch && to !== undefined ? { to } : {}),
    ...(band === undefined || band === 'range' ? {} : { band }),
  }
}

function placeIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function lookOf(view: LookView): LinesLook {
  const { along = 'step', smooth = 0, log = false, from = null, to = null, band = 'range' } = view
  return { along, smooth, log, from, to, band }
}
