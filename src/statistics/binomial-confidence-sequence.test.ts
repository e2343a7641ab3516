import { expect, test } from 'vitest'
import { compareRates, errorRateEvidence, rateSequence } from './binomial-confidence-sequence.ts'
import { quantile } from './quantile.ts'
import { seededRandom } from './seeded-random.ts'

/** The first of 2,000 labels at which the evidence reaches 20, or Infinity. */
function firstAlarm(rate: number, random: () => number): number {
  let errors = 0
  for (let trials = 1; trials <= 2000; trials++) {
    if (random() < rate) errors++
    if (errorRateEvidence({ errors, trials }, 0.1) >= 20) return trials
  }
  return Infinity
}

test('an error rate watched label by label: false alarms below 5 %, and quick where it matters', () => {
  const random = seededRandom(9)
  const alarms = (rate: number, trials: number): number[] =>
    Array.from({ length: trials }, () => firstAlarm(rate, random))
  expect(alarms(0.1, 300).filter(Number.isFinite).length / 300).toBeLessThan(0.05)
  expect(quantile(alarms(0.3, 200), 0.5)).toBeLessThan(30)
  expect(quantile(alarms(0.2, 200), 0.5)).toBeLessThan(110)
})

test('the interval of a rate, looked at after each of 500 trials, keeps the truth', () => {
  const random = seededRandom(10)
  let missed = 0
  for (let trial = 0; trial < 200; trial++) {
    let errors = 0
    let out = false
    for (let trials = 1; trials <= 500; trials++) {
      if (random() < 0.2) errors++
      const { lower, upper } = rateSequence({ errors, trials }, 0.05)
      out ||= lower > 0.2 || upper < 0.2
    }
    if (out) missed++
  }
  expect(missed / 200).toBeLessThan(0.05)
})

test('at the ends', () => {
  expect(rateSequence({ errors: 0, trials: 0 }, 0.05)).toEqual({ lower: 0, upper: 1 })
  expect(rateSequence({ errors: 0, trials: 200 }, 0.05).lower).toBe(0)
  expect(rateSequence({ errors: 0, trials: 200 }, 0.05).upper).toBeLessThan(0.04)
  expect(rateSequence({ errors: 200, trials: 200 }, 0.05).upper).toBe(1)
  expect(errorRateEvidence({ errors: 1, trials: 5 }, 0)).toBe(Infinity)
})

test('two arms: worse, not worse, or not known yet', () => {
  const options = { alpha: 0.05, margin: 0.02 }
  const control = { errors: 10, trials: 2000 }
  const verdict = (errors: number, trials: number) =>
    compareRates({ control, canary: { errors, trials } }, options).verdict
  expect(verdict(10, 40)).toBe('worse')
  expect(verdict(10, 2000)).toBe('not worse')
  expect(verdict(0, 20)).toBe('unclear')
})
