import { datasetErrors } from '../errors.ts'

export interface WaitOptions {
  /** How long to wait for another command; a minute unless told. */
  readonly waitMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Told once who is waited for. */
  readonly onWait?: ((holder: string) => void) | undefined
}

export type Attempt = { readonly got: true } | { readonly holder: string }

const LONGEST_MS = 60_000
const EVERY_MS = 100

/** Tries until it works. @throws DATASET_BUSY, naming who has it, when it takes too long */
export async function waitFor(
  attempt: () => Promise<Attempt>,
  { waitMs = LONGEST_MS, signal, onWait }: WaitOptions,
): Promise<void> {
  const until = performance.now() + waitMs
  for (let told = false; ;) {
    signal?.throwIfAborted()
    const result = await attempt()
    if ('got' in result) return
    if (performance.now() >= until)
      throw datasetErrors.DATASET_BUSY({
        detail: `${result.holder} works on it; waited ${Math.round(waitMs / 1000)} s`,
      })
    if (!told) onWait?.(result.holder)
    told = true
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
}
