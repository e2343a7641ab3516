import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { PageFault } from './api/problem.ts'
import { Frame } from './frame/frame.tsx'
import { addressOfMlflow } from './frame/mlflow-address.ts'
import { NotFound } from './frame/not-found.tsx'
import { LoopPage } from './pages/loop/loop-page.tsx'
import { compareView } from './pages/compare/view.ts'
import { dataView } from './pages/data/view.ts'
import { dataSetView } from './pages/data-set/view.ts'
import { experimentsView } from './pages/experiments/view.ts'
import { pipelineRunView } from './pages/pipeline-run/view.ts'
import { pipelinesView } from './pages/pipelines/view.ts'
import { registryView } from './pages/registry/view.ts'
import { runView } from './pages/run/view.ts'
import { runsView } from './pages/runs/view.ts'
import { tracesView, traceView } from './pages/traces/view.ts'
import { Failure, Loading } from './parts/states.tsx'

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound })

/** A stretch of the model's history, as days: any zoom can be shared. */
export interface ModelSearch {
  readonly from?: string
  readonly to?: string
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

function dayIn(search: Record<string, unknown>, key: string): string | undefined {
  const value = search[key]
  return typeof value === 'string' && DAY.test(value) ? value : undefined
}

function modelSearch(search: Record<string, unknown>): ModelSearch {
  const from = dayIn(search, 'from')
  const to = dayIn(search, 'to')
  return from !== undefined && to !== undefined && from < to ? { from, to } : {}
}

const routeTree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: LoopPage }),
  createRoute({
    getParentRoute: () => root,
    path: '/models',
    component: lazyRouteComponent(() => import('./pages/lists/models-page.tsx'), 'ModelsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/models/$name',
    validateSearch: modelSearch,
    component: lazyRouteComponent(() => import('./pages/model/model-page.tsx'), 'ModelPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/experiments',
    validateSearch: experimentsView,
    component: lazyRouteComponent(
      () => import('./pages/experiments/experiments-page.tsx'),
      'ExperimentsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/experiments/$ids',
    validateSearch: runsView,
    component: lazyRouteComponent(() => import('./pages/runs/runs-page.tsx'), 'RunsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/registry',
    validateSearch: registryView,
    component: lazyRouteComponent(
      () => import('./pages/registry/registry-page.tsx'),
      'RegistryPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/registry/$name',
    component: lazyRouteComponent(
      () => import('./pages/registry/registered-page.tsx'),
      'RegisteredPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/registry/$name/$version',
    component: lazyRouteComponent(
      () => import('./pages/registry/passport-page.tsx'),
      'PassportPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/compare',
    validateSearch: compareView,
    component: lazyRouteComponent(() => import('./pages/compare/compare-page.tsx'), 'ComparePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs/$id',
    validateSearch: runView,
    component: lazyRouteComponent(() => import('./pages/run/run-page.tsx'), 'RunPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/traces',
    validateSearch: tracesView,
    component: lazyRouteComponent(() => import('./pages/traces/traces-page.tsx'), 'TracesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/traces/$id',
    validateSearch: traceView,
    component: lazyRouteComponent(() => import('./pages/traces/trace-page.tsx'), 'TracePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/data',
    validateSearch: dataView,
    component: lazyRouteComponent(() => import('./pages/data/data-page.tsx'), 'DataPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/data/$path',
    validateSearch: dataSetView,
    component: lazyRouteComponent(
      () => import('./pages/data-set/data-set-page.tsx'),
      'DataSetPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/pipelines',
    validateSearch: pipelinesView,
    component: lazyRouteComponent(
      () => import('./pages/pipelines/pipelines-page.tsx'),
      'PipelinesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/pipelines/runs/$id',
    validateSearch: pipelineRunView,
    component: lazyRouteComponent(
      () => import('./pages/pipeline-run/pipeline-run-page.tsx'),
      'PipelineRunPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/gates',
    component: lazyRouteComponent(() => import('./pages/lists/gates-page.tsx'), 'GatesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/gates/$id',
    component: lazyRouteComponent(() => import('./pages/gate/gate-page.tsx'), 'GatePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/rollouts',
    component: lazyRouteComponent(() => import('./pages/lists/rollouts-page.tsx'), 'RolloutsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/rollouts/$id',
    component: lazyRouteComponent(() => import('./pages/rollout/rollout-page.tsx'), 'RolloutPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/alerts',
    component: lazyRouteComponent(() => import('./pages/lists/alerts-page.tsx'), 'AlertsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/jobs',
    component: lazyRouteComponent(() => import('./pages/lists/jobs-page.tsx'), 'JobsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/why',
    component: lazyRouteComponent(() => import('./pages/why/ask-page.tsx'), 'AskPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/why/$id',
    component: lazyRouteComponent(() => import('./pages/why/why-page.tsx'), 'WhyPage'),
  }),
])

const printed = addressOfMlflow(location.hash)
if (printed !== null) history.replaceState(null, '', printed)

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  defaultPendingComponent: () => <Loading what="the page" />,
  defaultErrorComponent: ({ error, reset }) => (
    <Failure error={new PageFault(error)} again={reset} isPage />
  ),
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
