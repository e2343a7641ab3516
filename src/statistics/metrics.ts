import { accuracy, auc, f1Weighted, logLoss, precision, recall } from './classification-metrics.ts'
import type { Metric } from './metric.ts'
import { bias, mae, mape, mse, rmse } from './regression-metrics.ts'

const METRICS = {
  mae,
  mse,
  rmse,
  mape,
  bias,
  accuracy,
  f1_weighted: f1Weighted,
  recall,
  precision,
  log_loss: logLoss,
  auc,
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof METRICS

/** The metrics that ratchet.yaml may name. */
export const METRIC_NAMES = Object.keys(METRICS) as [MetricName, ...MetricName[]]

export const metricNamed = (name: MetricName): Metric => METRICS[name]
