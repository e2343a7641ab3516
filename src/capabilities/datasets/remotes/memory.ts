/** Bytes of objects that may be held by all transfers together, however many objects move at once. */
const MOST_BYTES = 256 * 1024 * 1024

/** What a transfer has taken of the budget; giving it back twice changes nothing. */
export interface Held {
  readonly release: () => void
}

interface Waiting {
  readonly bytes: number
  readonly start: () => void
}

let held = 0
const queue: Waiting[] = []

/**
 * Waits until there is room for so many bytes. First come, first served: an object that takes its parts in order and
 * gives each back before it waits for one that lies behind cannot be locked out by others.
 */
export async function holdBytes(bytes: number): Promise<Held> {
  const share = Math.min(bytes, MOST_BYTES)
  if (queue.length > 0 || held + share > MOST_BYTES)
    await new Promise<void>((start) => queue.push({ bytes: share, start }))
  else held += share
  let released = false
  return {
    release: () => {
      if (released) return
      released = true
      held -= share
      for (let next = queue[0]; next !== undefined && held + next.bytes <= MOST_BYTES;) {
        queue.shift()
        held += next.bytes
        next.start()
        next = queue[0]
      }
    },
  }
}

/** Runs the work while room for so many bytes is held. */
export async function whileHolding<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  const room = await holdBytes(bytes)
  try {
    return await work()
  } finally {
    room.release()
  }
}
