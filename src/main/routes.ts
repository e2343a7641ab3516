import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { why } from '../automation/why.ts'
import {
  abortRollout,
  pauseRollout,
  promoteNow,
  resumeRollout,
} from '../capabilities/deployments/index.ts'
import { readGatewayState } from '../capabilities/serving/index.ts'
import type { ApiCommands, ApiDeps } from '../edges/http/deps.ts'
import { registerApi } from '../edges/http/routes.ts'
import { mlflowProbes, mlflowRoutes } from '../edges/mlflow/index.ts'
import { createBaseline } from './baseline.ts'
import { createCommands } from './commands.ts'
import type { Platform } from './platform.ts'
import { readSourceRule } from './source-rule.ts'
import { packageVersion } from './version.ts'
import { whySources } from './why-sources.ts'

const WEB_ROOT = join(import.meta.dirname, '../../web/dist')

/**
 * Everything that the control plane answers over HTTP: the native API, the page, and MLflow's protocol.
 * @throws CONFIG_INVALID
 */
export async function registerRoutes(app: FastifyInstance, platform: Platform): Promise<void> {
  const { tracking, traces, registry, webhooks, artifacts, log } = platform.foundation
  const sourceRule = await readSourceRule(platform.foundation.environment)
  await app.register(async (mlflow) => {
    mlflowRoutes(mlflow, {
      tracking,
      traces,
      registry,
      webhooks,
      artifacts,
      sourceRule,
      onFault: (error) => log.error(error, 'fault in the MLflow API'),
    })
    mlflowProbes(mlflow)
  })
  await registerApi(app, apiDeps(platform))
}

function apiDeps(platform: Platform): ApiDeps {
  const { foundation } = platform
  const { database, clock, events, registry, project, tracking, traces, artifacts, analytics } =
    foundation
  const sources = whySources(foundation)
  return {
    version: packageVersion(),
    database,
    clock,
    project: () => ({ name: project.project, models: project.models }),
    workspace: { root: foundation.projectRoot, stateDir: foundation.stateDir },
    events,
    registry,
    tracking,
    traces,
    artifacts,
    analytics,
    why: (id) => why(sources, id),
    commands: apiCommands(platform),
    dataPlane: () => dataPlane(foundation.stateDir),
    notReady: () => (platform.isReady() ? null : 'the control plane is starting'),
    webRoot: WEB_ROOT,
    baselineSeries: createBaseline(foundation),
  }
}

function apiCommands(platform: Platform): ApiCommands {
  const { deployments } = platform.capabilities
  return {
    ...createCommands(platform),
    moveClock: platform.moveClock,
    notify: platform.hints.notify,
    rollouts: {
      pause: (asking) => pauseRollout(deployments, asking),
      resume: (asking) => resumeRollout(deployments, asking),
      promote: (asking) => promoteNow(deployments, asking),
      abort: (asking) => abortRollout(deployments, asking),
    },
  }
}

/** What the data plane last said of itself, and whether its process is still there. */
function dataPlane(stateDir: string): ReturnType<ApiDeps['dataPlane']> {
  const state = readGatewayState(stateDir)
  if (state === null)
    return { state: 'starting', url: null, epoch: null, detail: 'It has not answered yet.' }
  const url = `http://${state.host}:${state.port}`
  return isAlive(state.pid)
    ? { state: 'answering', url, epoch: state.epoch, detail: null }
    : { state: 'away', url, epoch: state.epoch, detail: `Process ${state.pid} has ended.` }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
