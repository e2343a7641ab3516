import { commandText } from './decide.ts'
import type { Stage } from './schema.ts'

/**
 * Whether the command of a stage may read dvc.lock, or be one of Git, DVC or Ratchet: it then starts only when the stages
 * before it are written down. All others start as soon as the outputs that they read are there; what a script does with
 * DVC inside waits for DVC's lock, which is held until then.
 */
export function looksAtRecords({ cmd }: Pick<Stage, 'cmd'>): boolean {
  return /dvc|ratchet|git/i.test(commandText(cmd))
}
