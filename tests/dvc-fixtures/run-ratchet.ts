import { join } from 'node:path'
import { RatchetError } from '../../src/base/errors.ts'
import { systemClock } from '../../src/base/time.ts'
import { initDataProject } from '../../src/capabilities/datasets/index.ts'
import type { CliContext } from '../../src/edges/cli/context.ts'
import { runProgram } from '../../src/edges/cli/program.ts'
import type { Outcome } from './fixture.ts'
import type { Step } from './scenarios.ts'

/** The command line of Ratchet in a folder, without a process of its own. What it prints is dropped. */
export async function runRatchet(
  root: string,
  { run: words, from = '' }: Extract<Step, { run: unknown }>,
): Promise<Outcome> {
  // `ratchet init` makes ratchet.yaml too; of DVC's files it makes these.
  if (words[0] === 'init') {
    initDataProject(root)
    return 'done'
  }
  let outcome: Outcome = 'done'
  const context = contextIn(root, from, (code) => {
    if (code !== 0) outcome = 'refused'
  })
  try {
    await runProgram(words, context, {})
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    return 'refused'
  }
  return outcome
}

function contextIn(root: string, from: string, setExitCode: CliContext['setExitCode']): CliContext {
  const none = (): never => {
    throw new Error('nothing of the control plane is there')
  }
  const silent = (): void => {}
  return {
    print: silent,
    note: silent,
    silence: silent,
    answer: silent,
    wantsJson: false,
    interactive: false,
    setExitCode,
    clock: systemClock,
    cwd: join(root, from),
    projectRoot: () => root,
    dataRoot: () => root,
    contractFor: async () => null,
    signal: new AbortController().signal,
    stateDir: () => join(root, '.ratchet'),
    api: none,
    openStores: none,
    checkProject: none,
    projectSchema: none,
    trackStages: async () => null,
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  }
}
