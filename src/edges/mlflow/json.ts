/** Beyond so many values nobody reads an answer without a tool, and two spaces a line would be a third of its size. */
const READABLE = 2000

/** As MLflow's server writes it: two spaces, unset fields left out, numbers that JSON lacks as texts. */
export function toJson(body: object): string {
  const { values, special } = lookAt(body, { values: 0, special: false })
  if (values <= READABLE) return JSON.stringify(body, special ? specialNumbers : undefined, 2)
  // Looking through much costs as much as writing it, and what JSON has no number for is written as `null`.
  const text = JSON.stringify(body)
  return text.includes('null') ? JSON.stringify(body, specialNumbers) : text
}

interface Looked {
  values: number
  /** Whether some number is none that JSON has: asking each when it is written costs more than the writing. */
  special: boolean
}

/** Ends when it is more than readable. */
function lookAt(value: unknown, looked: Looked): Looked {
  looked.values += 1
  if (typeof value === 'number') looked.special ||= !Number.isFinite(value)
  else if (typeof value === 'object' && value !== null)
    for (const item of Array.isArray(value) ? value : Object.values(value)) {
      if (looked.values > READABLE) break
      lookAt(item, looked)
    }
  return looked
}

function specialNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
