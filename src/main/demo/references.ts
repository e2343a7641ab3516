import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { addDays, type Day } from './history.ts'

/** Births that a model expects on a day. */
export type Predict = (day: Day) => number

interface ExampleModules {
  readonly features: { readonly featuresOf: (day: Day) => Readonly<Record<string, number>> }
  readonly design: {
    readonly createDesign: (groups: readonly string[], harmonics: number) => unknown
    readonly designRow: (design: unknown, features: unknown) => Float64Array
  }
  readonly ridge: {
    readonly fitRidge: (
      rows: readonly Float64Array[],
      target: readonly number[],
      l2: number,
    ) => Float64Array
  }
}

export interface References {
  readonly featuresOf: (day: Day) => Readonly<Record<string, number>>
  /** Fitted on 1969 and 1970, and left alone. */
  readonly alone: Predict
  /** Fitted anew each month on the last year of what is known, and deployed at once. */
  readonly monthly: Predict
}

const GROUPS = ['weekday', 'season', 'holiday']
const HARMONICS = 3
const L2 = 4.5
const LABEL_DELAY_DAYS = 7

/** The two models that Ratchet is held against, trained by the project's own code. */
export async function createReferences(
  project: string,
  truth: ReadonlyMap<Day, number>,
): Promise<References> {
  const load = (name: string): Promise<unknown> =>
    import(pathToFileURL(join(project, 'src', `${name}.ts`)).href)
  const [features, design, ridge] = await Promise.all(['features', 'design', 'ridge'].map(load))
  const modules = { features, design, ridge } as ExampleModules
  const fit = (until: Day, days: number): Predict => fitWindow(modules, truth, { until, days })
  const months = new Map<string, Predict>()
  const monthlyModel = (month: string): Predict => {
    const known = months.get(month)
    if (known !== undefined) return known
    // What had happened and was known when the month began.
    const fitted = fit(addDays(`${month}-01`, -1 - LABEL_DELAY_DAYS), 365)
    months.set(month, fitted)
    return fitted
  }
  return {
    featuresOf: modules.features.featuresOf,
    alone: fit('1970-12-31', 730),
    monthly: (day) => monthlyModel(day.slice(0, 7))(day),
  }
}

function fitWindow(
  { features, design, ridge }: ExampleModules,
  truth: ReadonlyMap<Day, number>,
  window: { readonly until: Day; readonly days: number },
): Predict {
  const plan = design.createDesign(GROUPS, HARMONICS)
  const rowOf = (day: Day): Float64Array => design.designRow(plan, features.featuresOf(day))
  const days = Array.from({ length: window.days }, (_, index) => addDays(window.until, -index))
  const known = days.filter((day) => truth.has(day))
  const target = known.map((day) => truth.get(day) ?? 0)
  const weights = ridge.fitRidge(known.map(rowOf), target, L2)
  return (day) => rowOf(day).reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0)
}
