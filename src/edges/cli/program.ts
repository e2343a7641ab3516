import { Command, CommanderError } from 'commander'
import type { CliContext } from './context.ts'
import { cliErrors } from './errors.ts'
import { commandGroups } from './verbs.ts'

export interface MainVerbs {
  readonly [verb: string]: {
    readonly about: string
    readonly register: (program: Command) => void | Promise<void>
  }
}

/**
 * Runs one command line. `mainVerbs` are those that start processes and so live in main/.
 * @throws CLI_USAGE and whatever the command throws
 */
export async function runProgram(
  argv: readonly string[],
  context: CliContext,
  mainVerbs: MainVerbs,
): Promise<void> {
  const program = createProgram(context, mainVerbs)
  const verb = argv.find((argument, place) => isWord(argument) && argv[place - 1] !== '--dir')
  const group = commandGroups.find(
    ({ verbs, aliases = [] }) => verb !== undefined && (verb in verbs || aliases.includes(verb)),
  )
  if (verb !== undefined && verb in mainVerbs) await mainVerbs[verb]?.register(program)
  else if (group !== undefined) (await group.load())(program, context)
  else if (verb !== undefined) throw unknownVerb(verb, mainVerbs)
  if (
    verb !== undefined &&
    (group?.title === 'Data' || group?.title === 'Pipelines' || ALSO_LOUD.has(verb))
  )
    takeLoudness(program.commands, context)
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0)
      throw cliErrors.CLI_USAGE({ detail: error.message.replace(/^error: /, '') })
  }
}

// What DVC has too, beside data and pipelines.
const ALSO_LOUD: ReadonlySet<string> = new Set(['status', 'version', 'import'])

function takeLoudness(commands: readonly Command[], context: CliContext): void {
  for (const command of commands) {
    takeLoudness(command.commands, context)
    const taken = command.options.map(({ short }) => short)
    if (!taken.includes('-v'))
      command.option('-v, --verbose', 'for scripts of DVC: faults are always told whole')
    if (taken.includes('-q')) continue
    command.option('-q, --quiet', 'print nothing but faults').hook('preAction', (_, asked) => {
      if (asked.opts().quiet === true) context.silence()
    })
  }
}

function isWord(argument: string): boolean {
  return !argument.startsWith('-')
}

function createProgram(context: CliContext, mainVerbs: MainVerbs): Command {
  const program = new Command('ratchet')
    .description('Keeps machine-learning models in production getting better and never worse.')
    .usage('VERB [options]')
    .option('--json', 'one JSON document on standard output')
    .option('--dir <folder>', 'where the state is, instead of .ratchet')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.print(text.trimEnd()),
      writeErr: () => {},
    })
    .addHelpText(
      'after',
      () => `\n${overview(mainVerbs)}\n\nratchet VERB --help tells more, with an example.`,
    )
  return program.action(() => program.help())
}

function overview(mainVerbs: MainVerbs): string {
  const main = Object.entries(mainVerbs).map(([verb, { about }]) => [verb, about] as const)
  const sections = new Map<string, (readonly [string, string])[]>([['Start', [...main]]])
  // A section may be answered by several files; which one is nobody's business but ours.
  for (const { title, verbs } of commandGroups.filter(
    (group) => Object.keys(group.verbs).length > 0,
  ))
    sections.set(title, [...(sections.get(title) ?? []), ...Object.entries(verbs)])
  const width = Math.max(...[...sections.values()].flat().map(([verb]) => verb.length)) + 2
  return [...sections]
    .map(([title, verbs]) =>
      [`${title}:`, ...verbs.map(([verb, about]) => `  ${verb.padEnd(width)}${about}`)].join('\n'),
    )
    .join('\n\n')
}

function unknownVerb(verb: string, mainVerbs: MainVerbs) {
  const verbs = [
    ...Object.keys(mainVerbs),
    ...commandGroups.flatMap((group) => Object.keys(group.verbs)),
  ]
  const close = verbs.filter((known) => distance(known, verb) <= 2)
  const hint = close.length > 0 ? ` Did you mean ${close.join(' or ')}?` : ''
  return cliErrors.CLI_USAGE({ detail: `there is no verb "${verb}".${hint}` })
}

/** Edits between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1
      const above = (previous[column] ?? 0) + 1
      const left = (current[column - 1] ?? 0) + 1
      current.push(Math.min(above, left, (previous[column - 1] ?? 0) + cost))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
