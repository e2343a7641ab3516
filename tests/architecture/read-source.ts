import { type Program, type Node, parseSync, visitorKeys } from 'oxc-parser'

export interface SourceText {
  /** From the repository's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Import {
  /** As written: `../base/time.ts`, `node:fs`, `kysely`. */
  readonly from: string
  readonly typeOnly: boolean
  readonly line: number
}

export interface Mention {
  readonly what: string
  readonly line: number
}

/** What a source file says that the rules ask about. */
export interface Source {
  readonly path: string
  readonly imports: readonly Import[]
  /** `Date.now`, `new Date()`, `Math.random`, `process.env`, `console`. */
  readonly globals: readonly Mention[]
  /** Tables that SQL, a Kysely call or the type of a database names. */
  readonly tables: readonly Mention[]
}

const TABLE_CALLS =
  /^(selectFrom|insertInto|replaceInto|updateTable|deleteFrom|mergeInto|from|using|innerJoin|leftJoin|rightJoin|fullJoin|crossJoin|table|createTable|alterTable|dropTable|on)$/
const TABLE_IN_SQL = /\b(?:from|join|into|update|table)\s+"?([a-z][a-z0-9_]*)/gi

/** Parses TypeScript (or TSX, by the file's name). Throws on a file that does not parse. */
export function readSource({ path, text }: SourceText): Source {
  const { program, errors } = parseSync(path, text)
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`)
  const lineOf = lineCounter(text)
  const found = { imports: [] as Import[], globals: [] as Mention[], tables: [] as Mention[] }
  visit(program, (node) => {
    const line = lineOf(node.start)
    const imported = importOf(node)
    if (imported !== null) found.imports.push({ ...imported, line })
    const global = globalOf(node)
    if (global !== null) found.globals.push({ what: global, line })
    for (const what of tablesOf(node)) found.tables.push({ what, line })
  })
  return { path, ...found }
}

function visit(node: Program | Node, see: (node: Node) => void): void {
  see(node)
  for (const key of visitorKeys[node.type] ?? []) {
    const child = (node as unknown as Record<string, unknown>)[key]
    for (const one of Array.isArray(child) ? child : [child])
      if (one !== null && typeof one === 'object') visit(one as Node, see)
  }
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1
}

function importOf(node: Node): Omit<Import, 'line'> | null {
  switch (node.type) {
    case 'ImportDeclaration':
      return { from: node.source.value, typeOnly: isTypeOnly(node.importKind, node.specifiers) }
    case 'ExportNamedDeclaration':
      return node.source === null
        ? null
        : { from: node.source.value, typeOnly: isTypeOnly(node.exportKind, node.specifiers) }
    case 'ExportAllDeclaration':
      return { from: node.source.value, typeOnly: node.exportKind === 'type' }
    case 'ImportExpression':
      return { from: stringOf(node.source) ?? '', typeOnly: false }
    case 'TSImportType':
      return { from: node.source.value, typeOnly: true }
    case 'NewExpression':
      return workerOf(node)
    default:
      return null
  }
}

// `new URL('./runner.ts', import.meta.url)` starts or reads a file of ours just as an import does.
function workerOf(node: Node & { type: 'NewExpression' }): Omit<Import, 'line'> | null {
  const [first, second] = node.arguments
  if (nameOf(node.callee) !== 'URL' || second === undefined || first === undefined) return null
  const from = stringOf(first)
  return from !== null && /^\.\.?\/.*\.tsx?$/.test(from) ? { from, typeOnly: false } : null
}

function isTypeOnly(kind: string | undefined, specifiers: readonly object[]): boolean {
  if (kind === 'type') return true
  if (specifiers.length === 0) return false
  return specifiers.every(
    (one: { readonly importKind?: string; readonly exportKind?: string }) =>
      one.importKind === 'type' || one.exportKind === 'type',
  )
}

function globalOf(node: Node): string | null {
  if (node.type === 'NewExpression')
    return nameOf(node.callee) === 'Date' && node.arguments.length === 0 ? 'new Date()' : null
  if (node.type === 'CallExpression' && nameOf(node.callee) === 'Date') return 'Date()'
  if (node.type !== 'MemberExpression') return null
  const owner = nameOf(node.object)
  if (owner === 'console') return 'console'
  const property = node.computed ? stringOf(node.property) : nameOf(node.property)
  const name = `${owner}.${property}`
  return ['Date.now', 'Math.random', 'process.env'].includes(name) ? name : null
}

function tablesOf(node: Node): readonly string[] {
  if (node.type === 'CallExpression') return tablesOfCall(node)
  if (node.type === 'TaggedTemplateExpression' && isSql(node.tag))
    return tablesOfSql(node.quasi.quasis.map(({ value }) => value.raw).join(' '))
  if (node.type === 'TSTypeAliasDeclaration' && node.id.name.endsWith('Tables'))
    return keysOf(node.typeAnnotation)
  if (node.type === 'TSInterfaceDeclaration' && node.id.name.endsWith('Tables'))
    return node.body.body.flatMap(keyOf)
  return []
}

function tablesOfCall(node: Node & { type: 'CallExpression' }): readonly string[] {
  if (node.callee.type !== 'MemberExpression') return []
  const method = nameOf(node.callee.property) ?? ''
  if (method === 'withTables') return (node.typeArguments?.params ?? []).flatMap(keysOf)
  if (isSql(node.callee.object)) return method === 'raw' ? tablesOfSql(first(node)) : [first(node)]
  return TABLE_CALLS.test(method) ? [first(node)] : []
}

function tablesOfSql(text: string): readonly string[] {
  return [...text.matchAll(TABLE_IN_SQL)].map((match) => match[1] ?? '')
}

// `jobs as j` and `jobs.id` name the table jobs.
function first(node: Node & { type: 'CallExpression' }): string {
  const [argument] = node.arguments
  return (argument === undefined ? null : stringOf(argument))?.split(/[\s.]/)[0] ?? ''
}

function keysOf(type: Node): readonly string[] {
  if (type.type === 'TSIntersectionType') return type.types.flatMap(keysOf)
  return type.type === 'TSTypeLiteral' ? type.members.flatMap(keyOf) : []
}

function keyOf(member: Node): readonly string[] {
  if (member.type !== 'TSPropertySignature') return []
  return [nameOf(member.key) ?? stringOf(member.key) ?? '']
}

function isSql(node: Node): boolean {
  return nameOf(node) === 'sql'
}

function nameOf(node: Node): string | null {
  return node.type === 'Identifier' ? node.name : null
}

function stringOf(node: Node): string | null {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null
  if (node.type !== 'TemplateLiteral' || node.expressions.length > 0) return null
  return node.quasis[0]?.value.raw ?? null
}
