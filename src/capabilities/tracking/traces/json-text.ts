import type { AttributeValue } from './schema.ts'

/**
 * JSON as MLflow's server stores it, so that filters that look into the text of a span find the same: a blank after
 * comma and colon, letters as they are, whole numbers of any size exact, 1.0 apart from 1.
 */
export function writeJson(value: AttributeValue): string {
  switch (typeof value) {
    case 'bigint':
      return value.toString()
    case 'number':
      if (!Number.isFinite(value)) return JSON.stringify(String(value))
      return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value)
    case 'object':
      return value === null ? 'null' : writeStructure(value)
    default:
      return JSON.stringify(value)
  }
}

function writeStructure(value: Exclude<AttributeValue, null | string | number | bigint | boolean>) {
  if (Array.isArray(value)) return `[${value.map(writeJson).join(', ')}]`
  const entries = Object.entries(value as Readonly<Record<string, AttributeValue>>)
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${writeJson(item)}`).join(', ')}}`
}

/** What `writeJson` wrote. @throws SyntaxError */
export function readJson(text: string): AttributeValue {
  return JSON.parse(text, reviveWhole as (key: string, value: unknown) => unknown) as AttributeValue
}

// The source text of a number is the third argument since ECMAScript 2025; TypeScript's types do not have it yet.
function reviveWhole(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value
  const source = context.source ?? ''
  return /^-?\d+$/.test(source) ? BigInt(source) : value
}
