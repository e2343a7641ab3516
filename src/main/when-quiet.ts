/** Waits until nothing more is heard of a name, then acts once for all that was. */
export interface WhenQuiet {
  readonly hear: (name: string) => void
  /** Forgets what was heard. */
  readonly stop: () => void
}

/** `act` is called `quietMs` (milliseconds) after the last that was heard of its name. */
export function whenQuiet(quietMs: number, act: (name: string) => void): WhenQuiet {
  const waiting = new Map<string, NodeJS.Timeout>()
  const end = (name: string): void => {
    waiting.delete(name)
    act(name)
  }
  return {
    hear: (name) => {
      clearTimeout(waiting.get(name))
      waiting.set(name, setTimeout(end, quietMs, name))
    },
    stop: () => {
      for (const pending of waiting.values()) clearTimeout(pending)
      waiting.clear()
    },
  }
}
