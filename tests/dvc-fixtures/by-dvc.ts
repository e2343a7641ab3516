import { DvcRepository } from '../interop/dvc-repository.ts'
import { pythonTool } from '../interop/python-tool.ts'
import { type Fixture, playScenario, type RunCommand } from './fixture.ts'
import { NEW_DVC, OLD_DVC, type Scenario } from './scenarios.ts'

// Older ones of what DVC 2 stood on: the newest no longer go together with it.
const BESIDE_OLD = ['pathspec<0.12', 'setuptools<70']

/** What the real DVC makes of a scenario. */
export async function makeFixture(scenario: Scenario): Promise<Fixture> {
  const repository = openRepository(scenario)
  try {
    const steps = await playScenario(scenario, repository.root, byDvc(repository))
    return { made_by: `dvc ${NEW_DVC}, and ${OLD_DVC} where a step says so`, steps }
  } finally {
    repository.close()
  }
}

/** A repository for the newest DVC. Needs Python and its package index once. */
export function openRepository({ folder }: Scenario): DvcRepository {
  return new DvcRepository(pythonTool(`dvc==${NEW_DVC}`, 'dvc'), folder)
}

/** Runs the commands of a scenario by the real DVC. */
export function byDvc(repository: DvcRepository): RunCommand {
  return ({ run, by = NEW_DVC, from }) => {
    try {
      const beside = by === NEW_DVC ? [] : BESIDE_OLD
      repository.run(pythonTool(`dvc==${by}`, 'dvc', beside), run, from)
      return 'done'
    } catch {
      return 'refused'
    }
  }
}
