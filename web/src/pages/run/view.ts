import { ALONG, type Along } from '../runs/view.ts'

/** What of a run is in sight, as its address says. */
export interface RunView {
  /** The artifact that is shown. */
  readonly file?: string
  /** The logged model whose files are shown instead of the run's. */
  readonly of?: string
  readonly along?: Along
  readonly smooth?: number
  readonly log?: true
  /** Metrics that contain this. */
  readonly find?: string
}

export function runView(raw: Readonly<Record<string, unknown>>): RunView {
  const { file, of, find, log } = raw
  const along = ALONG.find((word) => word === raw['along'])
  const smooth = Number(raw['smooth'])
  return {
    ...(typeof file === 'string' && file !== '' ? { file } : {}),
    ...(typeof of === 'string' && of !== '' ? { of } : {}),
    ...(typeof find === 'string' && find !== '' ? { find } : {}),
    ...(along === undefined ? {} : { along }),
    ...(smooth > 0 && smooth < 1 ? { smooth } : {}),
    ...(log === true ? { log } : {}),
  }
}
