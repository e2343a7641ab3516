import { blockBootstrap } from '../../statistics/block-bootstrap.ts'
import type { Metric, Outcome } from '../../statistics/metric.ts'
import { pairedDifference } from '../../statistics/paired-difference.ts'
import type { GateRow } from './schema.ts'

/** A row that both versions answered. */
export interface PairedRow extends GateRow {
  readonly champion: Outcome
}

export interface ArmsCompared {
  readonly champion: number
  readonly challenger: number
  /** Challenger minus champion. Bounds may be infinite: then nothing is known. */
  readonly value: number
  readonly lower: number
  readonly upper: number
  /** `false` where the champion's value is zero, so that nothing can be relative to it: then all is absolute. */
  readonly relative: boolean
  /** Independent rows that these rows are worth. */
  readonly effectiveRows: number
}

/**
 * Both versions on the same rows by one metric, rows in their order in time. Each bound alone holds with
 * `confidence`. A mean over rows is compared row by row; any other metric by resampling blocks of rows.
 */
export function compareArms(
  metric: Metric,
  rows: readonly PairedRow[],
  confidence: number,
): ArmsCompared {
  return metric.perRow === undefined || metric.better === 'zero'
    ? byResampling(metric, rows, confidence)
    : rowByRow(metric.perRow, rows, confidence)
}

function rowByRow(
  perRow: NonNullable<Metric['perRow']>,
  rows: readonly PairedRow[],
  confidence: number,
): ArmsCompared {
  const result = pairedDifference(
    rows.map((row) => perRow(row.label, row.champion)),
    rows.map((row) => perRow(row.label, row.challenger)),
    { confidence, sides: 'one' },
  )
  const { relative } = result
  return {
    champion: result.meanA,
    challenger: result.meanB,
    value: relative?.difference ?? result.difference,
    lower: relative?.lower ?? result.lower,
    upper: relative?.upper ?? result.upper,
    relative: result.meanA !== 0,
    effectiveRows: result.rows / result.dependence.inflation,
  }
}

function byResampling(
  metric: Metric,
  rows: readonly PairedRow[],
  confidence: number,
): ArmsCompared {
  const value = (arm: 'champion' | 'challenger', chosen: Int32Array): number =>
    sizeOf(metric, metricOn(metric, rows, chosen, arm))
  const all = Int32Array.from(rows, (_, index) => index)
  const [champion, challenger] = [value('champion', all), value('challenger', all)]
  const relative = champion !== 0
  const interval = blockBootstrap(
    (chosen) => {
      const [old, fresh] = [value('champion', chosen), value('challenger', chosen)]
      return relative ? (fresh - old) / Math.abs(old) : fresh - old
    },
    { rows: rows.length, confidence, sides: 'one' },
  )
  const { estimate, lower, upper } = interval
  return {
    champion,
    challenger,
    value: estimate,
    lower,
    upper,
    relative,
    effectiveRows: rows.length,
  }
}

// Of a bias the size is compared: too high is as bad as too low.
const sizeOf = (metric: Metric, value: number): number =>
  metric.better === 'zero' ? Math.abs(value) : value

function metricOn(
  metric: Metric,
  rows: readonly PairedRow[],
  chosen: Int32Array,
  arm: 'champion' | 'challenger',
): number {
  const picked = Array.from(chosen, (index) => rows[index] as PairedRow)
  return metric.compute({
    labels: picked.map(({ label }) => label),
    predictions: picked.map((row) => row[arm]),
  })
}

/** Rows on which the challenger is nearer to the truth, farther from it, and as near. */
export function countPairs(metric: Metric, rows: readonly PairedRow[]) {
  let [wins, losses, ties] = [0, 0, 0]
  for (const { label, champion, challenger } of rows) {
    const gap = distance(metric, label, challenger) - distance(metric, label, champion)
    if (gap < 0) wins++
    else if (gap > 0) losses++
    else ties++
  }
  return { wins, losses, ties }
}

function distance(metric: Metric, label: Outcome, prediction: Outcome): number {
  if (metric.perRow !== undefined && metric.better === 'lower')
    return metric.perRow(label, prediction)
  return typeof label === 'number' && typeof prediction === 'number'
    ? Math.abs(prediction - label)
    : Number(String(label) !== String(prediction))
}
