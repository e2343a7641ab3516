/**
 * The native API under `/api/v1`: what the page, the command line and other people's programs read and send.
 * The server answers in these shapes and checks requests with them; the page imports their types only.
 *
 * Everywhere: keys in snake_case, times RFC 3339 in UTC with milliseconds and in project time (in a replay
 * that is the replay's clock), `null` for what is not known (never a missing key), sentences in plain text
 * (never markup), lists paged by `page_token` and `page_size`, errors as `application/problem+json`.
 *
 *     GET  /status                              Status
 *     GET  /models                              ModelList        one row a model, as the page Loop shows it
 *     GET  /models/{name}                       Model
 *     GET  /models/{name}/timeline?from&to      Timeline
 *     GET  /models/{name}/versions              VersionList
 *     POST /models/{name}/versions              RegisterRequest  -> Version
 *     GET  /models/{name}/history               History          changes of the registry
 *     POST /changes/{id}/undo                                    -> RegistryChange
 *     GET  /models/{name}/counts                Counts
 *     POST /models/{name}/retrain               RetrainRequest   -> Accepted
 *     POST /models/{name}/promote               PromoteRequest   -> Promoted
 *     POST /models/{name}/rollback              RollbackRequest  -> Accepted
 *     POST /models/{name}/pause, resume         LoopCommand      -> Accepted
 *     GET  /gates?model, /gates/{id}            GateList, Gate
 *     GET  /rollouts?model&state                RolloutList
 *     GET  /rollouts/{id}                       Rollout
 *     POST /rollouts/{id}/{action}              RolloutCommand   -> Rollout   pause, resume, promote, abort
 *     GET  /alerts?model&state                  AlertList
 *     GET  /jobs?state                          JobList
 *     GET  /pipelines/graph                     PipelineGraph    the stages as they stand now, and why
 *     GET  /pipelines/runs?model&state          RunList
 *     GET  /pipelines/runs/{id}                 Run
 *     POST /pipelines/runs/{id}/cancel          Run              ask for its end
 *     GET  /pipelines/runs/{id}/logs            RunLogs
 *     GET  /pipelines/runs/{id}/log?stage&from  StageLog         of one stage, from a place on
 *     GET  /pipelines/runs/{id}/log/search?text LogMatches       lines that contain a text
 *     GET  /data, /data/set?path                DataSetList, DataSetDetail
 *     GET  /data/diff?path&from&to              DataDiff         versions by their MD5
 *     GET  /data/overlay?path&from&to&column    DataOverlay
 *     GET  /data/reports?path                   CheckReportList  checks against its contract
 *     GET  /data/remote                         RemoteStanding   asks the remote
 *     POST /data/notify                         DataNotice       -> DataNoticed
 *     GET  /clock                               Clock
 *     POST /clock                               ClockMove        -> ClockMoved   in a replay only
 *     GET  /events?after&subject&limit          EventList        the newest first; with `after`, the oldest first
 *     GET  /events/stream?after                 Server-Sent Events: see contract/events.ts
 *     GET  /why/{id}                            Why
 *     GET  /search?q                            SearchResults
 *     GET  /experiments?view&filter             ExperimentList
 *     POST /experiments                         NewExperiment    -> Experiment
 *     GET  /experiments/{id}                    Experiment
 *     POST /experiments/{id}/{action}           ExperimentCommand -> Experiment  rename, delete, restore, describe
 *     GET  /runs?experiment&filter&order_by&columns&offset  RunTable
 *     GET  /runs.csv, with the same query       the whole table as CSV
 *     GET  /runs/keys, /runs/groups             RunKeys, RunGroups
 *     GET  /runs/history?run&key                MetricHistory    points for a chart
 *     GET  /runs/history.csv?run&key            all points of these runs as CSV
 *     GET  /runs/compare?id                     ComparedRuns
 *     POST /runs/{action}                       RunCommand       -> RunsChanged  delete, restore, tag, rename; by ids, or all that match
 *     GET  /runs/{id}                           TrackedRun
 *     GET  /runs/{id}/lineage                   RunLineage       the project that it started in
 *     GET  /traces?experiment&run&text&state    TraceList
 *     GET  /traces/{id}                         Trace            with its steps
 *     GET  /registry, /registry/{name}          RegisteredModelList, RegisteredModel
 *     GET  /registry/{name}/versions            RegisteredVersionList
 *     GET  /registry/{name}/versions/{version}  Passport
 *     POST /registry/{name}/{action}            RegistryCommand  describe, tag, alias, delete
 *     POST /registry/{name}/versions/{version}/{action}  RegistryCommand  describe, tag, stage, delete
 *     GET  /artifacts/{id}?path                 ArtifactList     of a run or a logged model
 *     GET  /artifacts/{id}/text, /table, /model ArtifactText, ArtifactTable, ModelFile
 *     GET  /artifacts/{id}/raw?path             the file itself, made harmless for a browser
 */
export * from './contract/activity.ts'
export * from './contract/artifacts.ts'
export * from './contract/clock.ts'
export * from './contract/commands.ts'
export * from './contract/counts.ts'
export * from './contract/data.ts'
export * from './contract/events.ts'
export * from './contract/experiments.ts'
export * from './contract/gates.ts'
export * from './contract/history.ts'
export * from './contract/models.ts'
export * from './contract/pipelines.ts'
export * from './contract/problem.ts'
export * from './contract/registry.ts'
export * from './contract/rollouts.ts'
export * from './contract/run-snapshot.ts'
export * from './contract/run-table.ts'
export * from './contract/runs.ts'
export * from './contract/status.ts'
export * from './contract/timeline.ts'
export * from './contract/traces.ts'
export * from './contract/tracked-runs.ts'
export * from './contract/values.ts'
export * from './contract/why.ts'
