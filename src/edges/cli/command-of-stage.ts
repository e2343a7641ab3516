/** Options of `stage add` that stand alone; each other one takes the word behind it. A test holds this to its declaration. */
export const STAND_ALONE: ReadonlySet<string> = new Set([
  '--always-changed',
  '-f',
  '--force',
  '--run',
  '-q',
  '--quiet',
  '-v',
  '--verbose',
  '--json',
  '-h',
  '--help',
])

/**
 * Takes the command of `stage add` off what is typed: its words are nobody's options, though they may look like ours. Of
 * any other verb the command is empty.
 */
export function splitStageCommand(argv: readonly string[]): {
  readonly own: readonly string[]
  readonly command: readonly string[]
} {
  const verb = argv.findIndex((word, at) => word === 'stage' && argv[at - 1] !== '--dir')
  if (verb < 0 || argv[verb + 1] !== 'add') return { own: argv, command: [] }
  let at = verb + 2
  for (; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--') return { own: argv.slice(0, at), command: argv.slice(at + 1) }
    if (!word.startsWith('-')) break
    const hasValue = word.startsWith('--') ? word.includes('=') : word.length > 2
    if (!hasValue && !STAND_ALONE.has(word)) at++
  }
  return { own: argv.slice(0, at), command: argv.slice(at) }
}
