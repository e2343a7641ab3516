import { cliErrors } from './errors.ts'

/** What stands before the verb: options of the program itself, most of them those of DVC. */
export interface LeadingOptions {
  /** The folder to go to first. */
  readonly cd: string | null
  readonly quiet: boolean
  readonly version: boolean
  /** All that is left: the verb with what is its own. */
  readonly rest: readonly string[]
}

// `--wait-for-lock`: Ratchet waits anyway. `-v`: faults are always told whole.
const NOTHING_TO_DO = /^(?:--wait-for-lock|--verbose|-v+)$/

/** @throws CLI_USAGE for `--cd` without a folder */
export function readLeadingOptions(argv: readonly string[]): LeadingOptions {
  const kept: string[] = []
  let cd: string | null = null
  let quiet = false
  let at = 0
  for (; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '-V' || word === '--version') return { cd, quiet, version: true, rest: [] }
    if (word === '--cd' || word.startsWith('--cd=')) {
      cd = word === '--cd' ? (argv[++at] ?? null) : word.slice('--cd='.length)
      if (cd === null) throw cliErrors.CLI_USAGE({ detail: '--cd needs a folder to go to' })
    } else if (/^(?:-q+|--quiet)$/.test(word)) quiet = true
    else if (!NOTHING_TO_DO.test(word)) {
      if (!word.startsWith('-')) break
      kept.push(word)
      // The one option of our own that has a value.
      if (word === '--dir' && at + 1 < argv.length) kept.push(argv[++at] ?? '')
    }
  }
  return { cd, quiet, version: false, rest: [...kept, ...argv.slice(at)] }
}
