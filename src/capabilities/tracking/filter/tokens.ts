import { trackingErrors } from '../errors.ts'

export type Token =
  /** A bare word: key, number, operator in letters. */
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'quoted'; readonly text: string; readonly quote: string; readonly at: number }
  | { readonly kind: 'comparison'; readonly text: string; readonly at: number }
  | { readonly kind: 'punctuation'; readonly text: string; readonly at: number }

const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`/y
const COMPARISON = /!=|<=|>=|<|>|=/y
const WORD = /[^\s'"`()=!<>,]+/y
const PUNCTUATION = /[(),]/y

/**
 * Cuts a filter or an order into tokens.
 * @throws FILTER_INVALID where a character starts no token, such as a quote that is not closed
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1
      continue
    }
    const token = tokenAt(text, at)
    if (token === null)
      throw trackingErrors.FILTER_INVALID({
        detail: `Invalid clause(s) in filter string: '${text.slice(at)}' at position ${at + 1}`,
      })
    tokens.push(token.token)
    at += token.length
  }
  return tokens
}

function tokenAt(text: string, at: number): { token: Token; length: number } | null {
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  const quoted = match(QUOTED)
  if (quoted !== undefined) {
    const quote = quoted.charAt(0)
    const inner = quoted.slice(1, -1).replaceAll(quote + quote, quote)
    return { token: { kind: 'quoted', text: inner, quote, at }, length: quoted.length }
  }
  for (const [kind, pattern] of [
    ['comparison', COMPARISON],
    ['punctuation', PUNCTUATION],
    ['word', WORD],
  ] as const) {
    const found = match(pattern)
    if (found !== undefined) return { token: { kind, text: found, at }, length: found.length }
  }
  return null
}
