import { type LookView, lookView } from '../metrics/look.ts'

/** What of a run is in sight, as its address says. */
export interface RunView extends LookView {
  /** The artifact that is shown. */
  readonly file?: string
  /** The logged model whose files are shown instead of the run's. */
  readonly of?: string
  /** Metrics that contain this. */
  readonly find?: string
}

export function runView(raw: Readonly<Record<string, unknown>>): RunView {
  const { file, of, find } = raw
  return {
    ...(typeof file === 'string' && file !== '' ? { file } : {}),
    ...(typeof of === 'string' && of !== '' ? { of } : {}),
    ...(typeof find === 'string' && find !== '' ? { find } : {}),
    ...lookView(raw),
  }
}
