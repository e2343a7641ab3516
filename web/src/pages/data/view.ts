/** What of the data sets is in sight, as the address says. */
export interface DataView {
  /** Only those whose path has it. */
  readonly find?: string
  /** Whether the remote is asked. */
  readonly remote?: true
}

export function dataView(raw: Readonly<Record<string, unknown>>): DataView {
  const { find, remote } = raw
  return {
    ...(typeof find === 'string' && find !== '' ? { find } : {}),
    ...(remote === true ? { remote } : {}),
  }
}
