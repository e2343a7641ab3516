import { MOST_NAMED } from './chosen.ts'
import { type LookView, lookView } from '../metrics/look.ts'

/** Everything about a table of runs that can be shared by its address. */
export interface RunsView extends LookView {
  readonly q?: string
  /** `metrics.rmse desc`. */
  readonly sort?: string
  /** Columns in their order; without it, some of those in use. */
  readonly cols?: readonly string[]
  /** Columns that stay in sight. */
  readonly pin?: readonly string[]
  /** `params.model`. */
  readonly group?: string
  readonly nest?: true
  readonly deleted?: true
  /** Runs that were chosen, or with `every`, those that were not. */
  readonly sel?: readonly string[]
  readonly every?: true
  readonly chart?: ChartKind
  /** What is drawn: metrics of lines and bars, axes of the parallel plot. */
  readonly y?: readonly string[]
  /** The other axis of the scatter plot, and its colour. */
  readonly x?: string
  readonly colour?: string
}

export const CHART_KINDS = ['lines', 'scatter', 'parallel', 'bars'] as const
export type ChartKind = (typeof CHART_KINDS)[number]

type Raw = Readonly<Record<string, unknown>>

/** An address that someone changed by hand loses what cannot be used, and nothing else. */
export function runsView(raw: Raw): RunsView {
  return defined({
    q: text(raw['q']),
    sort: text(raw['sort']),
    cols: texts(raw['cols']),
    pin: texts(raw['pin']),
    group: text(raw['group']),
    nest: flag(raw['nest']),
    deleted: flag(raw['deleted']),
    sel: texts(raw['sel'])?.slice(0, MOST_NAMED),
    every: flag(raw['every']),
    chart: oneOf(CHART_KINDS, raw['chart']),
    y: texts(raw['y']),
    x: text(raw['x']),
    colour: text(raw['colour']),
    ...lookView(raw),
  })
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function texts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.filter((one): one is string => typeof one === 'string')
}

function flag(value: unknown): true | undefined {
  return value === true || value === 'true' ? true : undefined
}

function oneOf<const Word extends string>(
  words: readonly Word[],
  value: unknown,
): Word | undefined {
  return words.find((word) => word === value)
}

type Given<T> = { readonly [Key in keyof T]: Exclude<T[Key], undefined> }

/** Without the keys that have no value: they would stand in the address. */
function defined<T extends object>(values: T): Partial<Given<T>> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<Given<T>>
}

/** What changes of a view; `undefined` takes it out of the address. */
export type ViewChange = { readonly [Key in keyof RunsView]?: RunsView[Key] | undefined }
