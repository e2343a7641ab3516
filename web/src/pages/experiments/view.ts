/** Which experiments are in sight, as the address says. */
export interface ExperimentsView {
  readonly find?: string
  readonly deleted?: true
}

export function experimentsView({
  find,
  deleted,
}: Readonly<Record<string, unknown>>): ExperimentsView {
  return {
    ...(typeof find === 'string' && find !== '' ? { find } : {}),
    ...(deleted === true ? { deleted } : {}),
  }
}
