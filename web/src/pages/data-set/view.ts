/** Which two versions are compared, as the address says: hashes; `to` may be `now` for the workspace. */
export interface DataSetView {
  readonly from?: string
  readonly to?: string
  /** The report that is open. */
  readonly report?: string
}

const HASH = /^[0-9a-f]{32}(\.dir)?$/

export function dataSetView(raw: Readonly<Record<string, unknown>>): DataSetView {
  const { from, to, report } = raw
  return {
    ...(typeof from === 'string' && HASH.test(from) ? { from } : {}),
    ...(typeof to === 'string' && (HASH.test(to) || to === 'now') ? { to } : {}),
    ...(typeof report === 'string' && report !== '' ? { report } : {}),
  }
}
