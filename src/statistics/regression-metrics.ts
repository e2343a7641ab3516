import { type Metric, meanMetric } from './metric.ts'

/** Mean absolute error. */
export const mae = meanMetric({
  name: 'mae',
  better: 'lower',
  unit: 'target',
  perRow: (label, prediction) => Math.abs(Number(prediction) - Number(label)),
})

/** Mean squared error. */
export const mse = meanMetric({
  name: 'mse',
  better: 'lower',
  unit: 'target squared',
  perRow: (label, prediction) => (Number(prediction) - Number(label)) ** 2,
})

/** Root of the mean squared error. */
export const rmse: Metric = {
  name: 'rmse',
  better: 'lower',
  unit: 'target',
  compute: (outcomes) => Math.sqrt(mse.compute(outcomes)),
}

/** Mean absolute error relative to each label, as scikit-learn: a label of zero makes it huge, not infinite. */
export const mape = meanMetric({
  name: 'mape',
  better: 'lower',
  unit: 'share',
  perRow: (label, prediction) =>
    Math.abs(Number(prediction) - Number(label)) / Math.max(Math.abs(Number(label)), 2 ** -52),
})

/** Mean of prediction minus label: above zero, the model says too much. */
export const bias = meanMetric({
  name: 'bias',
  better: 'zero',
  unit: 'target',
  perRow: (label, prediction) => Number(prediction) - Number(label),
})
