/** Between two parts of a long read: requests that came meanwhile are answered first. */
export function letOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
