import { trackingErrors } from '../errors.ts'
import { type Token, tokenize } from './tokens.ts'

/** The tokens of one text, read from left to right. Its failures name the column and what was expected there. */
export class Reader {
  readonly #tokens: readonly Token[]
  readonly #failure: string
  readonly #length: number
  #position = 0

  constructor(text: string, failure = `Invalid clause(s) in filter string: '${text}'`) {
    this.#tokens = tokenize(text)
    this.#failure = failure
    this.#length = text.length
  }

  get done(): boolean {
    return this.#position >= this.#tokens.length
  }

  /** Where the next token begins, from 0. */
  get at(): number {
    return this.#tokens[this.#position]?.at ?? this.#length
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#position + ahead]
  }

  failure(expected: string, at = this.at): Error {
    const found = this.#tokens.find((token) => token.at === at)
    const what = found === undefined ? 'the end' : `'${found.text}'`
    return trackingErrors.FILTER_INVALID({
      detail: `${this.#failure}. Column ${at + 1}: expected ${expected}, found ${what}.`,
    })
  }

  next(expected: string): Token {
    const token = this.peek()
    if (token === undefined) throw this.failure(expected)
    this.#position += 1
    return token
  }

  word(expected: string): string {
    const { at } = this
    const token = this.next(expected)
    if (token.kind !== 'word') throw this.failure(expected, at)
    return token.text
  }

  keyword(word: string): void {
    if (!this.tryKeyword(word)) throw this.failure(word)
  }

  tryKeyword(word: string): boolean {
    return this.#take(isKeyword(this.peek(), word))
  }

  punctuation(mark: string): void {
    if (!this.tryPunctuation(mark)) throw this.failure(`'${mark}'`)
  }

  tryPunctuation(mark: string): boolean {
    return this.#take(isPunctuation(this.peek(), mark))
  }

  #take(matches: boolean): boolean {
    if (matches) this.#position += 1
    return matches
  }
}

export function isKeyword(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === word
}

export function isPunctuation(token: Token | undefined, mark: string): boolean {
  return token?.kind === 'punctuation' && token.text === mark
}
