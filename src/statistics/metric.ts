/** A label or a prediction: a number, or the name of a class. */
export type Outcome = number | string

export interface Outcomes {
  readonly labels: readonly Outcome[]
  readonly predictions: readonly Outcome[]
}

type MetricUnit = 'target' | 'target squared' | 'share' | 'score' | 'nats'

/** How a model is measured: what it is called, which way is better, and its value on rows with a truth. */
export interface Metric {
  readonly name: string
  /** `zero`: the nearer to zero the better, from either side. */
  readonly better: 'lower' | 'higher' | 'zero'
  readonly unit: MetricUnit
  /** NaN where it is not defined, such as recall without positives. */
  readonly compute: (outcomes: Outcomes) => number
  /** Only where the metric is the mean of it over rows: then paired rows give a sharper interval. */
  readonly perRow?: (label: Outcome, prediction: Outcome) => number
}

/** A metric that is the mean of one number per row. */
export function meanMetric(
  definition: Omit<Metric, 'compute'> & Required<Pick<Metric, 'perRow'>>,
): Metric {
  const { perRow } = definition
  return {
    ...definition,
    compute: ({ labels, predictions }) => {
      const sum = labels.reduce<number>(
        (total, label, row) => total + perRow(label, predictions[row] as Outcome),
        0,
      )
      return sum / labels.length
    },
  }
}
