export interface ChangedPart {
  /** What both begin with, what is of this one alone, what both end with. */
  readonly before: string
  readonly own: string
  readonly after: string
}

/** Where one line differs from the one that stands for it. */
export function changedPart(text: string, other: string): ChangedPart {
  const most = Math.min(text.length, other.length)
  let start = 0
  while (start < most && text[start] === other[start]) start += 1
  let end = 0
  while (end < most - start && text.at(-1 - end) === other.at(-1 - end)) end += 1
  return {
    before: text.slice(0, start),
    own: text.slice(start, text.length - end),
    after: text.slice(text.length - end),
  }
}
