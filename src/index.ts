/**
 * The library: what a program may use without a server. Everything else is reached over HTTP or by the command
 * line, whose promises are in docs/.
 */
export { RatchetError } from './base/errors.ts'
export { systemClock, type Clock } from './base/time.ts'
export { checkFile, readContract, type CheckReport } from './capabilities/validation/index.ts'
export { openAnalytics, type Analytics } from './storage/analytics/index.ts'
