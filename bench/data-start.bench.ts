/** How long the data commands take to start, beside `dvc`. `node bench/data-start.bench.ts` */
import { type Contest, runStep } from './data/steps.ts'
import { makeProject, ratchet, realDvc, withBase } from './data/projects.ts'

await withBase((base) => {
  const contest: Contest = {
    base,
    ours: { tool: ratchet, root: makeProject(base, 'ours') },
    theirs: { tool: realDvc(), root: makeProject(base, 'theirs') },
    rounds: 8,
  }
  for (const verb of ['version', '--help', 'status'])
    runStep(contest, { measure: `start: ${verb}`, args: [verb], reach: 0.12, before: () => {} })
})
