/** A stretch of an axis: in ms where it is one of time. */
export interface Range {
  readonly from: number
  readonly to: number
}
