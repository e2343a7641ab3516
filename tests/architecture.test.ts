import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkArchitecture, formatViolation } from './architecture/check.ts'
import { CAPABILITIES, LAYERS } from './architecture/rules.ts'

const check = (path: string, text: string) => checkArchitecture([{ path, text }])
const rulesBroken = (path: string, text: string) => check(path, text).map(({ rule }) => rule)

describe('the house', () => {
  it('keeps its rules', () => {
    const root = new URL('../', import.meta.url)
    const files = globSync(['src/**/*.ts', 'web/src/**/*.{ts,tsx}'], { cwd: root })
    expect(files.length).toBeGreaterThan(30)
    const sources = files.map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') }))
    expect(checkArchitecture(sources).map(formatViolation)).toEqual([])
  })

  it('is drawn in ARCHITECTURE.md as it is enforced', () => {
    const page = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8')
    const arrow = /(?<from>[a-z]+(?:, [a-z]+)*) → (?<to>[a-z]+(?:, [a-z]+)*)/g
    const block = /only so:\n\n(?<arrows>(?: {4}.+\n)+)/.exec(page)?.groups?.arrows ?? ''
    const drawn = [...block.matchAll(arrow)].flatMap(({ groups }) => {
      const to = groups?.to === 'none' ? [] : groups?.to?.split(', ')
      return (groups?.from ?? '').split(', ').map((from) => [from, to] as const)
    })
    expect(Object.fromEntries(drawn)).toEqual(CAPABILITIES)
  })

  it('has arrows that lead nowhere twice', () => {
    for (const arrows of [LAYERS, CAPABILITIES]) {
      const reach = (from: string): readonly string[] =>
        (arrows[from] ?? []).flatMap((to) => [to, ...reach(to)])
      for (const name of Object.keys(arrows)) expect(reach(name)).not.toContain(name)
    }
  })
})

// Each deliberate violation must be seen, or the test above proves nothing.
describe('the checker sees', () => {
  it('an arrow that points up, with file and line', () => {
    const text = "import { a } from './a.ts'\n\nimport { b } from '../jobs/index.ts'\n"
    expect(check('src/storage/x.ts', text).map(formatViolation)).toEqual([
      'src/storage/x.ts:3 arrow: storage does not import jobs',
    ])
  })

  it.each([
    ['src/base/x.ts', "import { a } from '../storage/database/port.ts'"],
    ['src/statistics/x.ts', "import { a } from '../storage/errors.ts'"],
    ['src/events/x.ts', "import { a } from '../jobs/index.ts'"],
    ['src/jobs/x.ts', "import { a } from '../events/index.ts'"],
    ['src/capabilities/alerts/x.ts', "import { a } from '../../automation/reactions.ts'"],
    ['src/automation/x.ts', "import { a } from '../edges/http/contract.ts'"],
    ['src/edges/http/x.ts', "import { a } from '../../main/config.ts'"],
    ['src/main/x.ts', "import { a } from '../index.ts'"],
    ['src/capabilities/alerts/x.ts', "import { a } from '../monitoring/index.ts'"],
    ['src/capabilities/datasets/x.ts', "import { a } from '../validation/index.ts'"],
    ['src/capabilities/monitoring/x.ts', "import { a } from '../serving/index.ts'"],
    ['src/capabilities/fancy/x.ts', "import { a } from '../datasets/index.ts'"],
    ['src/news/x.ts', "import { a } from '../base/ids.ts'"],
    ['src/base/x.ts', "import { a } from '../../tests/databases.ts'"],
  ])('%s: %s', (path, text) => {
    expect(rulesBroken(path, text)).toContain('arrow')
  })

  it.each([
    "import type { A } from '../jobs/index.ts'",
    "export { a } from '../jobs/index.ts'",
    "export * from '../jobs/index.ts'",
    "const a = await import('../jobs/index.ts')",
    "type A = import('../jobs/index.ts').A",
    "const a = new URL('../jobs/index.ts', import.meta.url)",
  ])('an arrow written as %s', (text) => {
    expect(rulesBroken('src/storage/x.ts', text)).toEqual(['arrow'])
  })

  it.each([
    ['src/capabilities/registry/x.ts', "import { a } from '../tracking/store.ts'"],
    ['src/automation/x.ts', "import { a } from '../capabilities/alerts/state.ts'"],
    ['src/edges/cli/x.ts', "import { a } from '../../capabilities/datasets/datasets.ts'"],
    ['src/main/x.ts', "import type { A } from '../capabilities/serving/runtimes/onnx.ts'"],
    ['src/main/x.ts', "import { a } from '../jobs/lease.ts'"],
  ])('a door bypassed in %s: %s', (path, text) => {
    expect(rulesBroken(path, text)).toEqual(['door'])
  })

  it.each([
    'const rows = db.selectFrom("alerts_alerts").selectAll()',
    'const rows = db.selectFrom("datasets_versions as v").innerJoin("alerts_alerts as a", "a.id", "v.id")',
    'const rows = sql`select * from alerts_alerts where id = ${id}`',
    'const rows = sql`delete from datasets_versions where id in (select id from alerts_alerts)`',
    'const rows = tx.withTables<{ alerts_alerts: Row }>()',
    'type Tables = { datasets_versions: Row; alerts_alerts: Row }',
    'await tx.updateTable("alerts_alerts").set({ a: 1 }).execute()',
    'const rows = sql.table("alerts_alerts")',
  ])('SQL on the table of another: %s', (text) => {
    expect(rulesBroken('src/capabilities/datasets/store.ts', text)).toEqual(['table'])
  })

  it('a migration that touches the table of another', () => {
    const text = "await db.schema.createTable('alerts_alerts').execute()"
    expect(rulesBroken('src/storage/database/migrations/0020-datasets.ts', text)).toEqual(['table'])
    expect(rulesBroken('src/storage/database/migrations/0080-alerts.ts', text)).toEqual([])
  })

  it.each([
    ['const port = process.env.PORT', 'process.env'],
    ["const port = process['env'].PORT", 'process.env'],
    ['const at = Date.now()', 'Date.now'],
    ['const now = Date.now', 'Date.now'],
    ['const at = new Date()', 'new Date()'],
    ['const at = Math.random()', 'Math.random'],
    ['console.log(1)', 'console'],
  ])('%s', (text, rule) => {
    expect(rulesBroken('src/capabilities/alerts/alerts.ts', text)).toEqual([rule])
  })

  it('input and output in a pure layer', () => {
    expect(rulesBroken('src/statistics/x.ts', "import { a } from 'node:fs'")).toEqual(['pure'])
  })

  it.each([
    "import { a } from '../../src/edges/http/contract/models.ts'",
    "import type { A } from '../../src/capabilities/alerts/index.ts'",
    "import { type A, b } from '../../src/edges/http/contract.ts'",
  ])('a page that knows too much: %s', (text) => {
    expect(rulesBroken('web/src/x.tsx', text)).toEqual(['web'])
  })
})

describe('the checker lets pass', () => {
  it.each([
    ['src/capabilities/registry/x.ts', "import { a } from '../tracking/index.ts'"],
    ['src/capabilities/alerts/x.ts', "import { a } from './state.ts'"],
    ['src/main/config.ts', 'const port = process.env.PORT'],
    ['src/base/time.ts', 'const at = Date.now()'],
    ['src/edges/cli/checks.ts', 'console.log(new Date(5))'],
    ['src/capabilities/alerts/alerts.test.ts', 'const at = Date.now()'],
    ['src/capabilities/alerts/store.ts', 'const rows = db.selectFrom("alerts_alerts")'],
    ['src/capabilities/alerts/x.ts', '// Date.now() in a comment\nconst a = "console.log(1)"'],
    ['src/capabilities/alerts/x.ts', 'const title = "from datasets_versions"'],
    [
      'web/src/x.tsx',
      "import type { A } from '../../src/edges/http/contract.ts'\nimport b from './b.tsx'",
    ],
    ['src/index.ts', "export { a } from './capabilities/alerts/index.ts'"],
  ])('%s: %s', (path, text) => {
    expect(check(path, text)).toEqual([])
  })
})
