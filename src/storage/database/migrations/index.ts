import type { Migration } from '../port.ts'
import { events } from './0001-events.ts'
import { jobs } from './0002-jobs.ts'
import { settings } from './0003-settings.ts'
import { eventsCaused } from './0004-events-caused.ts'
import { tracking } from './0010-tracking.ts'
import { registry } from './0011-registry.ts'
import { trackingSeries } from './0012-tracking-series.ts'
import { trackingFewerIndexes } from './0013-tracking-fewer-indexes.ts'
import { trackingTraces } from './0014-tracking-traces.ts'
import { trackingPurges } from './0015-tracking-purges.ts'
import { trackingEvaluation } from './0016-tracking-evaluation.ts'
import { registryWebhooks } from './0018-registry-webhooks.ts'
import { registryChanges } from './0019-registry-changes.ts'
import { datasets } from './0020-datasets.ts'
import { trackingSnapshots } from './0021-tracking-snapshots.ts'
import { datasetsWatch } from './0022-datasets-watch.ts'
import { validation } from './0030-validation.ts'
import { pipelines } from './0040-pipelines.ts'
import { pipelinesRecords } from './0041-pipelines-records.ts'
import { evaluation } from './0050-evaluation.ts'
import { trackingDatasetOrder } from './0055-tracking-dataset-order.ts'
import { deployments } from './0060-deployments.ts'
import { monitoring } from './0070-monitoring.ts'
import { alerts } from './0080-alerts.ts'
import { automation } from './0090-automation.ts'

/** In this order, each once. A new one is added at its number; one that was released never changes. */
export const migrations: readonly Migration[] = [
  events,
  jobs,
  settings,
  eventsCaused,
  tracking,
  registry,
  trackingSeries,
  trackingFewerIndexes,
  trackingTraces,
  trackingPurges,
  trackingEvaluation,
  registryWebhooks,
  registryChanges,
  datasets,
  trackingSnapshots,
  datasetsWatch,
  validation,
  pipelines,
  pipelinesRecords,
  evaluation,
  trackingDatasetOrder,
  deployments,
  monitoring,
  alerts,
  automation,
]
