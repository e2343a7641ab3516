import { DvcRepository } from '../interop/dvc-repository.ts'
import { DVC_VERSION, DVC2_VERSION, tools } from '../interop/tools.ts'
import { type Fixture, playScenario, type RunCommand } from './fixture.ts'
import type { Scenario } from './scenarios.ts'

/** What the real DVC makes of a scenario. */
export async function makeFixture(scenario: Scenario): Promise<Fixture> {
  const repository = openRepository(scenario)
  try {
    const steps = await playScenario(scenario, repository.root, byDvc(repository))
    return { made_by: `dvc ${DVC_VERSION}, and ${DVC2_VERSION} where a step says so`, steps }
  } finally {
    repository.close()
  }
}

/** A repository for the newest DVC. Needs Python and its package index once. */
export function openRepository({ folder }: Scenario): DvcRepository {
  return new DvcRepository(tools.dvc(), folder)
}

/** Runs the commands of a scenario by the real DVC. */
export function byDvc(repository: DvcRepository): RunCommand {
  return ({ run, by = DVC_VERSION, from }) => {
    try {
      repository.dvcOf(by === DVC_VERSION ? tools.dvc() : tools.dvc2(), run, from)
      return 'done'
    } catch {
      return 'refused'
    }
  }
}
