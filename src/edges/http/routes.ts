import type { FastifyInstance } from 'fastify'
import { registerAlerts } from './alerts.ts'
import { registerClock } from './clock.ts'
import { registerChangeRuns } from './change-runs.ts'
import { registerCommands } from './commands.ts'
import { registerArtifactViews } from './artifact-views.ts'
import { registerData } from './data.ts'
import type { ApiDeps } from './deps.ts'
import { tagReads } from './etag.ts'
import { registerEvents } from './events.ts'
import { registerExperiments } from './experiments.ts'
import { registerGates } from './gates.ts'
import { registerHistoryCsv } from './history-csv.ts'
import { registerHistory } from './history.ts'
import { registerJobs } from './jobs.ts'
import { registerModels } from './models.ts'
import { registerOpenApi } from './openapi.ts'
import { registerPipelineGraph } from './pipeline-graph.ts'
import { registerRegistryCommands } from './registry-commands.ts'
import { registerRegistry } from './registry.ts'
import { registerRollouts } from './rollouts.ts'
import { registerRunCsv } from './run-csv.ts'
import { registerRunLineage } from './run-lineage.ts'
import { registerRunTable } from './run-table.ts'
import { registerRuns } from './runs.ts'
import { registerSearch } from './search.ts'
import { registerLogSearch } from './log-search.ts'
import { registerStageLog } from './stage-log.ts'
import { registerStatic } from './static.ts'
import { registerStatus } from './status.ts'
import { registerSystem } from './system.ts'
import { registerTimeline } from './timeline.ts'
import { registerTraces } from './traces.ts'
import { registerTrackedRuns } from './tracked-runs.ts'
import { registerWhy } from './why.ts'

/** The native API, the page, and what machines ask. */
export async function registerApi(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  await app.register(async (api) => {
    tagReads(api)
    registerStatus(api, deps)
    registerModels(api, deps)
    registerHistory(api, deps)
    registerTimeline(api, deps)
    registerGates(api, deps)
    registerRollouts(api, deps)
    registerAlerts(api, deps)
    registerJobs(api, deps)
    registerRuns(api, deps)
    registerStageLog(api, deps)
    registerLogSearch(api, deps)
    registerData(api, deps)
    registerPipelineGraph(api, deps)
    registerExperiments(api, deps)
    registerRunTable(api, deps)
    registerRunCsv(api, deps)
    registerHistoryCsv(api, deps)
    registerTrackedRuns(api, deps)
    registerRunLineage(api, deps)
    registerTraces(api, deps)
    registerChangeRuns(api, deps)
    registerArtifactViews(api, deps)
    registerRegistry(api, deps)
    registerRegistryCommands(api, deps)
    registerEvents(api, deps)
    registerWhy(api, deps)
    registerSearch(api, deps)
    registerClock(api, deps)
    registerCommands(api, deps)
    registerOpenApi(api, deps.version)
  })
  registerSystem(app, deps)
  await registerStatic(app, deps.webRoot)
}
