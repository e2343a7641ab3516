import type { Day } from './history.ts'

/** Mean absolute errors, in births a day. */
export interface Errors {
  readonly alone: number
  readonly ratchet: number
  readonly monthly: number
}

/** What the demo prints and `--json` writes: a promise to whoever reads that file. */
export interface Summary {
  readonly seconds: number
  readonly mae: Errors
  readonly by_year: Readonly<Record<string, Errors>>
  readonly retrainings: { readonly done: number; readonly monthly: number }
  readonly refused: { readonly data: number; readonly gate: number }
  readonly rolled_back: number
  readonly predictions: {
    readonly asked: number
    readonly answered: number
    readonly logged: number
    readonly labelled: number
    readonly lost: number
  }
}

export interface DayErrors {
  readonly day: Day
  readonly errors: Errors
}

export function meanErrors(days: readonly DayErrors[]): Errors {
  const mean = (pick: (errors: Errors) => number): number =>
    round(days.reduce((sum, { errors }) => sum + pick(errors), 0) / Math.max(1, days.length))
  return {
    alone: mean((errors) => errors.alone),
    ratchet: mean((errors) => errors.ratchet),
    monthly: mean((errors) => errors.monthly),
  }
}

export function errorsByYear(days: readonly DayErrors[]): Readonly<Record<string, Errors>> {
  const years = Map.groupBy(days, ({ day }) => day.slice(0, 4))
  return Object.fromEntries([...years].map(([year, inYear]) => [year, meanErrors(inYear)]))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** The table at the end, as lines. */
export function summaryLines(summary: Summary): readonly string[] {
  const { mae, by_year, retrainings, refused, rolled_back, predictions } = summary
  const line = (name: string, { alone, ratchet, monthly }: Errors): string =>
    `${name.padEnd(12)}${[alone, ratchet, monthly].map((value) => value.toFixed(0).padStart(12)).join('')}`
  const share = (part: number, whole: number): string => (part / whole).toFixed(2)
  return [
    'Mean absolute error, births a day',
    `${''.padEnd(12)}${['left alone', 'Ratchet', 'monthly'].map((name) => name.padStart(12)).join('')}`,
    ...Object.entries(by_year).map(([year, errors]) => line(year, errors)),
    line('all years', mae),
    '',
    `Ratchet errs ${share(mae.ratchet, mae.alone)} times as much as the model left alone, and ${share(mae.ratchet, mae.monthly)} times as much as`,
    `retraining every month, with ${retrainings.done} retrainings instead of ${retrainings.monthly}.`,
    '',
    `Refused: ${refused.data} delivery of data, ${refused.gate} challengers at the gate. Rolled back: ${rolled_back}.`,
    `Predictions: ${predictions.asked} asked, ${predictions.answered} answered, ${predictions.logged} logged, ${predictions.labelled} labelled, ${predictions.lost} lost.`,
    `${summary.seconds.toFixed(0)} s.`,
  ]
}
