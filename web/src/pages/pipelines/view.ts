/** What of the pipeline is in sight, as its address says. */
export interface PipelinesView {
  /** The stage or `.dvc` file that is looked at. */
  readonly stage?: string
  /** Groups of stages that are shown one by one. */
  readonly open?: readonly string[]
}

export function pipelinesView(raw: Readonly<Record<string, unknown>>): PipelinesView {
  const { stage, open } = raw
  const groups = Array.isArray(open) ? open.filter((one) => typeof one === 'string') : []
  return {
    ...(typeof stage === 'string' && stage !== '' ? { stage } : {}),
    ...(groups.length === 0 ? {} : { open: groups }),
  }
}
