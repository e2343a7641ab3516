/** Objects that are done, of how many, and bytes that have moved. */
export type OnProgress = (done: number, total: number, bytes: number) => void

/** Counts bytes while they move, so that one large object shows that it does; those of a failed try count no more. */
export function createTally(count: number, onProgress: OnProgress | undefined) {
  let done = 0
  let moved = 0
  return {
    begin: () => {
      let own = 0
      const settle = (bytes: number): void => {
        moved += bytes - own
        own = bytes
      }
      return {
        options: (signal: AbortSignal) => {
          settle(0)
          const onBytes = (bytes: number): void => {
            settle(own + bytes)
            onProgress?.(done, count, moved)
          }
          return { signal, onBytes }
        },
        end: (bytes: number): void => {
          settle(bytes)
          done++
          onProgress?.(done, count, moved)
        },
      }
    },
  }
}
