/** `tr-a1b2c3d4…`: enough of an id to tell it from those beside it. */
export function shortTrace(id: string): string {
  return `${id.slice(0, 11)}…`
}
