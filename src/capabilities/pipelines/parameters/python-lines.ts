/** A statement of a Python file: its first line's indentation, and its text without comments. */
export interface PythonStatement {
  readonly indent: number
  readonly line: number
  readonly text: string
}

export class PythonFault extends Error {
  readonly line: number
  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

const STRING_START = /([A-Za-z]{0,2})("""|'''|"|')/y
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy

/**
 * Splits a Python file into statements: a line that ends within brackets, after a backslash or in a text of three
 * quotes goes on. Statements of one line are split at `;`.
 */
export function pythonStatements(source: string): readonly PythonStatement[] {
  return new Splitter(source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')).run()
}

class Splitter {
  private readonly source: string
  private readonly found: PythonStatement[] = []
  private at = 0
  private line = 1
  private depth = 0
  private text = ''
  private indent = 0
  private startLine = 1
  constructor(source: string) {
    this.source = source
  }

  run(): readonly PythonStatement[] {
    this.startOfLine()
    while (this.at < this.source.length) this.step()
    if (this.depth > 0) throw new PythonFault('a bracket is not closed', this.startLine)
    this.push()
    return this.found
  }

  private step(): void {
    const char = this.source[this.at] ?? ''
    if (char === '#') this.skipComment()
    else if (char === '\n') this.newLine()
    else if (char === '\\' && this.source[this.at + 1] === '\n') {
      this.at += 2
      this.line += 1
      this.text += ' '
    } else if (char === ';' && this.depth === 0) {
      this.push()
      this.at += 1
    } else if (this.takeString() || this.takeWord()) return
    else {
      if ('([{'.includes(char)) this.depth += 1
      if (')]}'.includes(char)) this.depth -= 1
      if (this.depth < 0) throw new PythonFault(`"${char}" closes nothing`, this.line)
      this.text += char
      this.at += 1
    }
  }

  private skipComment(): void {
    const end = this.source.indexOf('\n', this.at)
    this.at = end < 0 ? this.source.length : end
  }

  private newLine(): void {
    this.at += 1
    this.line += 1
    if (this.depth > 0) this.text += ' '
    else {
      this.push()
      this.startOfLine()
    }
  }

  private startOfLine(): void {
    this.indent = 0
    for (; ' \t\f'.includes(this.source[this.at] ?? 'x'); this.at++)
      this.indent =
        this.source[this.at] === '\t' ? (Math.floor(this.indent / 8) + 1) * 8 : this.indent + 1
    this.startLine = this.line
  }

  private push(): void {
    const text = this.text.trim()
    this.text = ''
    if (text !== '') this.found.push({ indent: this.indent, line: this.startLine, text })
  }

  private takeWord(): boolean {
    WORD.lastIndex = this.at
    const word = WORD.exec(this.source)?.[0]
    if (word === undefined) return false
    this.text += word
    this.at += word.length
    return true
  }

  private takeString(): boolean {
    STRING_START.lastIndex = this.at
    const match = STRING_START.exec(this.source)
    if (match === null) return false
    const quote = match[2] ?? '"'
    const end = this.endOfString(this.at + match[0].length, quote)
    const literal = this.source.slice(this.at, end)
    this.line += literal.split('\n').length - 1
    this.text += literal
    this.at = end
    return true
  }

  private endOfString(start: number, quote: string): number {
    for (let at = start; at < this.source.length; at++) {
      if (this.source[at] === '\\') at += 1
      else if (this.source.startsWith(quote, at)) return at + quote.length
      else if (this.source[at] === '\n' && quote.length === 1) break
    }
    throw new PythonFault('a text is not closed', this.line)
  }
}
