import { expect, test } from 'vitest'
import { METRIC_NAMES, type MetricName, metricNamed } from './metrics.ts'

const value = (name: MetricName, labels: (number | string)[], predictions: (number | string)[]) =>
  metricNamed(name).compute({ labels, predictions })

// scikit-learn 1.9.1: mean_absolute_error, root_mean_squared_error, mean_absolute_percentage_error
test('regression agrees with scikit-learn', () => {
  const [labels, predictions] = [
    [10, 12, 9, 30, 5],
    [11, 12, 7, 25, 6],
  ]
  expect(value('mae', labels, predictions)).toBeCloseTo(1.8, 12)
  expect(value('rmse', labels, predictions)).toBeCloseTo(2.4899799195977463, 12)
  expect(value('mape', labels, predictions)).toBeCloseTo(0.13777777777777778, 12)
  expect(value('bias', labels, predictions)).toBeCloseTo(-1, 12)
})

// accuracy_score, f1_score(average='weighted'), recall_score and precision_score(average='macro')
test('classes agree with scikit-learn, as numbers or names', () => {
  const labels = [0, 1, 2, 2, 1, 0, 1, 2, 0, 1].map((code) => `c${code}`)
  const predictions = [0, 2, 2, 2, 1, 0, 0, 1, 0, 1].map((code) => `c${code}`)
  expect(value('accuracy', labels, predictions)).toBeCloseTo(0.7, 12)
  expect(value('f1_weighted', labels, predictions)).toBeCloseTo(0.6857142857142857, 12)
  expect(value('recall', labels, predictions)).toBeCloseTo(0.7222222222222222, 12)
  expect(value('precision', labels, predictions)).toBeCloseTo(0.6944444444444443, 12)
})

// recall_score, precision_score, roc_auc_score, log_loss
test('two classes and probabilities agree with scikit-learn, ties included', () => {
  const labels = [0, 1, 1, 0, 1, 0, 1, 1, 0, 0]
  const scores = [0.1, 0.8, 0.35, 0.4, 0.9, 0.35, 0.7, 0.6, 0.2, 0.55]
  const classes = scores.map((score) => (score >= 0.5 ? 1 : 0))
  expect(value('recall', labels, classes)).toBeCloseTo(0.8, 12)
  expect(value('precision', labels, classes)).toBeCloseTo(0.8, 12)
  expect(value('auc', labels, scores)).toBeCloseTo(0.9, 12)
  expect(value('log_loss', labels, scores)).toBeCloseTo(0.43144470622236897, 12)
})

test('what is not defined is not a number, and certainty costs much but not everything', () => {
  expect(value('auc', [1, 1], [0.2, 0.3])).toBeNaN()
  expect(value('recall', [0, 0], [0, 0])).toBeNaN()
  expect(value('mae', [], [])).toBeNaN()
  expect(value('log_loss', [1], [0])).toBeLessThan(40)
})

test('every metric is registered under its own name', () => {
  for (const name of METRIC_NAMES) expect(metricNamed(name).name).toBe(name)
})
