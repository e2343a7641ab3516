import type { YamlMap, YamlValue } from '../../datasets/index.ts'
import { pythonLiteral } from './python-literal.ts'
import { pythonStatements, type PythonStatement } from './python-lines.ts'

const CLASS = /^class\s+([\p{L}_][\p{L}\p{N}_]*)\s*(?:\([\s\S]*?\)|\[[\s\S]*?\])*\s*:\s*([\s\S]*)$/u
const INIT = /^def\s+__init__\s*\(/
const BLOCK =
  /^(?:async\s|def\b|if\b|elif\b|else\b|for\b|while\b|with\b|try\b|except\b|finally\b|match\b|case\b)/

/**
 * The parameters of a Python file, as DVC finds them: literals assigned to names at the top, in classes, and to
 * `self` in `__init__`. What is computed, or stands in functions and branches, is left out.
 * @throws PythonFault
 */
export function parsePythonParams(source: string): YamlMap {
  return readBlock(pythonStatements(source), false)
}

function readBlock(statements: readonly PythonStatement[], onlySelf: boolean): YamlMap {
  const values = new Map<string, YamlValue>()
  const first = statements[0]?.indent ?? 0
  for (let at = 0; at < statements.length;) {
    const statement = statements[at]
    if (statement === undefined) break
    const end = bodyEnd(statements, at, first)
    const body = statements.slice(at + 1, end)
    readStatement(values, { statement, body, onlySelf })
    at = end
  }
  return values
}

// What is indented further belongs to the statement before it.
function bodyEnd(statements: readonly PythonStatement[], at: number, indent: number): number {
  let end = at + 1
  while ((statements[end]?.indent ?? -1) > indent) end += 1
  return end
}

interface Reading {
  readonly statement: PythonStatement
  readonly body: readonly PythonStatement[]
  readonly onlySelf: boolean
}

function readStatement(
  values: Map<string, YamlValue>,
  { statement, body, onlySelf }: Reading,
): void {
  const { text } = statement
  const [, name, rest = ''] = CLASS.exec(text) ?? []
  if (name !== undefined) {
    const inline = rest === '' ? [] : [{ ...statement, text: rest }]
    values.set(name, readBlock([...inline, ...body], false))
    return
  }
  if (INIT.test(text)) {
    for (const [key, value] of readBlock(body, true)) values.set(key, value)
    return
  }
  if (BLOCK.test(text)) return
  const assigned = assignment(text, onlySelf)
  if (assigned !== null) values.set(assigned.name, assigned.value)
}

const TARGET = /^(self\s*\.\s*)?([\p{L}_][\p{L}\p{N}_]*)\s*(?=[:=])/u

function assignment(text: string, onlySelf: boolean) {
  const target = TARGET.exec(text)
  if (target === null) return null
  const isSelf = target[1] !== undefined
  if (onlySelf && !isSelf) return null
  const rest = text.slice(target[0].length)
  const expression = rest.startsWith(':')
    ? afterAnnotation(rest)
    : rest.startsWith('==')
      ? null
      : rest.slice(1)
  const value = expression === null ? undefined : pythonLiteral(expression.trim())
  return value === undefined ? null : { name: target[2] ?? '', value }
}

// `name: Dict[str, int] = {...}`: the annotation ends at the first "=" outside brackets and texts.
function afterAnnotation(text: string): string | null {
  let depth = 0
  let quote = ''
  for (let at = 1; at < text.length; at++) {
    const char = text[at] ?? ''
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if ('([{'.includes(char)) depth += 1
    else if (')]}'.includes(char)) depth -= 1
    else if (char === '=' && depth === 0) return text.slice(at + 1)
  }
  return null
}
