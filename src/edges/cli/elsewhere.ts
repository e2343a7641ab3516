import type { Command } from 'commander'
import { cliErrors } from './errors.ts'

/** Verbs of DVC that Ratchet has not: what to use instead. Nobody who knows DVC is told that a verb is unknown. */
export const VERBS_ELSEWHERE: Readonly<Record<string, string>> = {
  queue:
    'Run `ratchet retrain NAME` for runs that wait their turn, `ratchet repro -j N` for stages side by side; the queue of experiments belongs to DVC (`dvc queue`).',
  'import-db':
    'Write a stage that runs the query and depends on what decides it (`ratchet stage add`); `dvc import-db` goes on working here.',
  dataset:
    'Run `dvc dataset update NAME`: `ratchet repro` reads what it records of `ds://NAME`. For files, `ratchet import-url`.',
  studio: 'Run `ratchet up`: the page is part of Ratchet, and no account is needed.',
  completion: 'Run `ratchet --help`: there is no completion for shells yet.',
  daemon: 'Nothing is needed: Ratchet reports nothing to anybody and starts no process by itself.',
}

export function registerVerbsElsewhere(program: Command): void {
  for (const [verb, next] of Object.entries(VERBS_ELSEWHERE))
    program
      .command(verb, { hidden: true })
      .argument('[args...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(() => {
        throw cliErrors.CLI_ELSEWHERE({
          detail: `\`${verb}\` is not among the verbs of Ratchet`,
          next,
        })
      })
}
