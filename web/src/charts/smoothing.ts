/**
 * An exponential moving average that does not start too low: each value is the weighted mean of those up to it.
 * `share` of 0 changes nothing, towards 1 it smooths more. What is no number is left out.
 */
export function smoothed(
  values: readonly (number | null)[],
  share: number,
): readonly (number | null)[] {
  if (share <= 0) return values
  let sum = 0
  let weight = 0
  return values.map((value) => {
    if (value === null) return null
    sum = sum * share + value
    weight = weight * share + 1
    return sum / weight
  })
}
