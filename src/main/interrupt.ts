/**
 * What Ctrl-C does from now on, instead of what it did. The new listener comes before the old ones go: without any for a
 * moment, a signal that has arrived and is not yet told would be lost.
 */
export function onInterrupt(stop: () => void): void {
  const earlier = process.listeners('SIGINT')
  process.once('SIGINT', stop)
  for (const listener of earlier) process.removeListener('SIGINT', listener)
}
