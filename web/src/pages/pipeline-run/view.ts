/** What of a run of the pipeline is in sight, as its address says. */
export interface PipelineRunView {
  /** The stage whose log and reasons are shown. */
  readonly stage?: string
  /** What is looked for in its log. */
  readonly find?: string
  /** Only the lines that have it. */
  readonly only?: true
}

export function pipelineRunView(raw: Readonly<Record<string, unknown>>): PipelineRunView {
  const { stage, find, only } = raw
  return {
    ...(typeof stage === 'string' && stage !== '' ? { stage } : {}),
    ...(typeof find === 'string' && find !== '' ? { find } : {}),
    ...(only === true ? { only } : {}),
  }
}
