import { constants } from 'node:os'

const SIGNALS = constants.signals as Readonly<Record<string, number>>
/** What a shell adds to the number of the signal that ended a command of it. */
const BY_SIGNAL = 128

/** `3`, or `137 (SIGKILL)` where a shell tells so of one of its commands. */
export function exitCodeText(code: number): string {
  const signal = Object.keys(SIGNALS).find((name) => SIGNALS[name] === code - BY_SIGNAL)
  return signal === undefined ? String(code) : `${code} (${signal})`
}

/** `SIGKILL (exit code -9)`: of a command that a signal ended DVC says the number below zero. */
export function signalText(signal: string): string {
  const number = SIGNALS[signal]
  return number === undefined ? signal : `${signal} (exit code -${number})`
}
