export type { MlflowDeps } from './call.ts'
export { mlflowProbes } from './probes.ts'
export { mlflowRoutes } from './routes.ts'
export { MLFLOW_VERSION } from './version.ts'
