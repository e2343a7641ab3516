const FIRST_MS = 500
const LONGEST_MS = 5 * 60_000

/** Milliseconds to wait after the given number of attempts: doubling from half a second to five minutes. */
export function backoffMs(attempts: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempts - 1))
}
