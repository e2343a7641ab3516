import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openDataProject } from '../capabilities/datasets/index.ts'
import { experimentsToken, trackExperiments } from '../capabilities/pipelines/index.ts'
import type { Foundation } from './foundation.ts'

export interface ExperimentSensor {
  readonly start: () => void
  readonly stop: () => Promise<void>
}

const EVERY_MS = 30_000

/**
 * Shows the experiments that DVC keeps in Git beside the tracked runs: looks for new ones, and takes them over. A look
 * at Git that finds nothing new costs one process.
 */
export function createExperimentSensor(foundation: Foundation): ExperimentSensor {
  let timer: NodeJS.Timeout | undefined
  let seen = ''
  let looking: Promise<void> | null = null
  const look = (): void => {
    looking ??= lookOnce(foundation, seen)
      .then((token) => {
        seen = token
      })
      .catch((error: unknown) => {
        foundation.log.warn({ error }, 'the experiments of DVC could not be read')
      })
      .finally(() => {
        looking = null
      })
  }
  return {
    start: () => {
      look()
      timer = setInterval(look, EVERY_MS)
    },
    stop: async () => {
      clearInterval(timer)
      await looking
    },
  }
}

async function lookOnce(
  { projectRoot, stateDir, database, clock, tracking }: Foundation,
  seen: string,
): Promise<string> {
  if (!existsSync(join(projectRoot, '.dvc'))) return seen
  const token = await experimentsToken(projectRoot)
  if (token === seen) return seen
  const project = openDataProject(projectRoot, { stateDir })
  try {
    await trackExperiments({ database, clock, tracking, project })
    return token
  } finally {
    project.close()
  }
}
