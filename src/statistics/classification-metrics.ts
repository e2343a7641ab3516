import { type Metric, meanMetric, type Outcome, type Outcomes } from './metric.ts'

interface Tally {
  readonly truePositives: number
  readonly predicted: number
  readonly actual: number
}

const same = (a: Outcome, b: Outcome): boolean => String(a) === String(b)

function tally({ labels, predictions }: Outcomes, positive: string): Tally {
  let [truePositives, predicted, actual] = [0, 0, 0]
  labels.forEach((label, row) => {
    const isActual = same(label, positive)
    const isPredicted = same(predictions[row] as Outcome, positive)
    if (isActual) actual++
    if (isPredicted) predicted++
    if (isActual && isPredicted) truePositives++
  })
  return { truePositives, predicted, actual }
}

const classesOf = ({ labels, predictions }: Outcomes): readonly string[] =>
  [...new Set([...labels, ...predictions].map(String))].toSorted()

// With labels of 0 and 1 the question is about 1; with named classes, about each of them alike.
function ofPositives(outcomes: Outcomes, share: (counts: Tally) => number): number {
  const classes = classesOf(outcomes)
  if (classes.every((name) => name === '0' || name === '1')) return share(tally(outcomes, '1'))
  const shares = classes.map((name) => share(tally(outcomes, name))).map((value) => value || 0)
  return shares.reduce((sum, value) => sum + value, 0) / shares.length
}

/** Share of rows with the right class. */
export const accuracy = meanMetric({
  name: 'accuracy',
  better: 'higher',
  unit: 'share',
  perRow: (label, prediction) => (same(label, prediction) ? 1 : 0),
})

/** Found of those that are: of class 1, or the mean over named classes. */
export const recall: Metric = {
  name: 'recall',
  better: 'higher',
  unit: 'share',
  compute: (outcomes) =>
    ofPositives(outcomes, ({ truePositives, actual }) => truePositives / actual),
}

/** Right of those found: of class 1, or the mean over named classes. */
export const precision: Metric = {
  name: 'precision',
  better: 'higher',
  unit: 'share',
  compute: (outcomes) =>
    ofPositives(outcomes, ({ truePositives, predicted }) => truePositives / predicted),
}

/** F1 of each class, weighted by the rows that have it, as scikit-learn's `average='weighted'`. */
export const f1Weighted: Metric = {
  name: 'f1_weighted',
  better: 'higher',
  unit: 'score',
  compute: (outcomes) => {
    const weighted = classesOf(outcomes).map((name) => {
      const { truePositives, predicted, actual } = tally(outcomes, name)
      return (actual * 2 * truePositives) / Math.max(1, predicted + actual)
    })
    return weighted.reduce((sum, value) => sum + value, 0) / outcomes.labels.length
  },
}

// Predictions are probabilities of class 1; none is believed to be certain, so no row costs infinity.
const CERTAIN = 1e-15

/** Mean negative log likelihood of 0/1 labels; predictions are probabilities of 1. */
export const logLoss = meanMetric({
  name: 'log_loss',
  better: 'lower',
  unit: 'nats',
  perRow: (label, prediction) => {
    const probability = Math.min(1 - CERTAIN, Math.max(CERTAIN, Number(prediction)))
    return -Math.log(Number(label) === 1 ? probability : 1 - probability)
  },
})

/** Area under the ROC curve for 0/1 labels: how often a 1 scores above a 0, ties counting half (Mann-Whitney). */
export const auc: Metric = {
  name: 'auc',
  better: 'higher',
  unit: 'score',
  compute: ({ labels, predictions }) => {
    const rows = labels
      .map((label, row) => ({ one: Number(label) === 1, score: Number(predictions[row]) }))
      .toSorted((a, b) => a.score - b.score)
    const ones = rows.filter(({ one }) => one).length
    let rankSum = 0
    for (let start = 0, end = 0; start < rows.length; start = end) {
      while (end < rows.length && rows[end]?.score === rows[start]?.score) end++
      // Equal scores share the middle of their ranks.
      const tied = rows.slice(start, end).filter(({ one }) => one).length
      rankSum += (tied * (start + 1 + end)) / 2
    }
    return (rankSum - (ones * (ones + 1)) / 2) / (ones * (rows.length - ones))
  },
}
