/** Set by tests only: called at every place where a process may be killed with something half done. */
let hook: ((point: string) => void) | null = null

export function setFaultHook(next: ((point: string) => void) | null): void {
  hook = next
}

/** Names a place between two steps. Costs one comparison when nobody looks. */
export function reach(point: string): void {
  if (hook !== null) hook(point)
}
