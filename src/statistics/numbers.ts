/** What every measure here reads: plain or typed arrays. */
export type Numbers = ArrayLike<number>
