import { describe, expect, it } from 'vitest'
import type { Experiment } from '../../src/edges/http/contract.ts'
import { smoothed } from '../../web/src/charts/smoothing.ts'
import { treeOf } from '../../web/src/pages/experiments/folders.ts'
import { nearest } from '../../web/src/charts/nearest.ts'
import { applied, completionAt, placeOfError } from '../../web/src/pages/runs/completion.ts'
import {
  chosenOf,
  commandedBy,
  countChosen,
  isChosen,
  withRuns,
} from '../../web/src/pages/runs/chosen.ts'
import { lineCount, pagesOf, placeOf } from '../../web/src/pages/runs/lines.ts'
import { runsView } from '../../web/src/pages/runs/view.ts'
import { addressOfMlflow } from '../../web/src/frame/mlflow-address.ts'
import { type Called, snippetOf } from '../../web/src/pages/registry/snippet.ts'

const KEYS = { metrics: ['f1', 'val loss'], params: ['model'], tags: ['team', 'mlflow.user'] }

describe('the completion of a filter', () => {
  const offered = (text: string) => {
    const { items, valuesOf } = completionAt(text, text.length, KEYS)
    return { texts: items.map((item) => item.text), valuesOf }
  }

  it('knows whether a name, an operator, a value or a joiner can follow', () => {
    expect(offered('').texts).toContain('metrics.f1')
    expect(offered('').texts).toContain('metrics.`val loss`')
    expect(offered('mod').texts).toEqual(['params.model'])
    expect(offered('metrics.f1 ').texts).toEqual(['<', '<=', '>', '>=', '=', '!='])
    expect(offered('params.model ').texts).toContain('IS NOT NULL')
    expect(offered("params.model = '")).toEqual({ texts: [], valuesOf: 'params.model' })
    expect(offered('status = ').texts[0]).toBe("'FINISHED'")
    expect(offered('metrics.f1 > 0.9 ').texts).toEqual(['AND', 'OR'])
    expect(offered('metrics.f1 > 0.9 AND te').texts).toEqual(['tags.team'])
    expect(offered("params.model IN ('a', 'b') ").texts).toEqual(['AND', 'OR'])
    expect(offered('tags.team IS NULL ').texts).toEqual(['AND', 'OR'])
    expect(offered('NOT (').texts).toContain('params.model')
    expect(offered('best(metrics.f1) ').texts).toContain('>')
    expect(offered('best(metrics.f1) > 0.9 ').texts).toEqual(['AND', 'OR'])
  })

  it('replaces the word that is being typed', () => {
    const text = 'metrics.f > 0.5'
    const completion = completionAt(text, 9, KEYS)
    expect(applied(text, completion, 'metrics.f1')).toEqual({
      text: 'metrics.f1 > 0.5',
      cursor: 11,
    })
  })

  it('finds the place of an error in what the server says', () => {
    expect(placeOfError("Invalid entity type 'x' at column 5", null, 'abcdefgh')).toBe(4)
    expect(
      placeOfError("Invalid attribute key 'colour' specified", null, 'a = 1 AND colour = 3'),
    ).toBe(10)
    expect(placeOfError('It cannot be read.', null, 'abc')).toBeNull()
  })
})

describe('the lines of the table', () => {
  const openings = [
    { base: 1, children: 3 },
    { base: 4, children: 250 },
  ]

  it('stand in the list or below an opened line', () => {
    expect(lineCount(10, openings)).toBe(263)
    const places = [0, 1, 2, 4, 5, 8].map((line) => placeOf(line, openings))
    expect(places).toEqual([
      { kind: 'base', base: 0 },
      { kind: 'base', base: 1 },
      { kind: 'child', base: 1, child: 0 },
      { kind: 'child', base: 1, child: 2 },
      { kind: 'base', base: 2 },
      { kind: 'child', base: 4, child: 0 },
    ])
    expect(placeOf(258, openings)).toEqual({ kind: 'base', base: 5 })
  })

  it('are fetched by the page that holds them', () => {
    expect(pagesOf(0, 9, openings)).toEqual([
      { base: null, page: 0 },
      { base: 1, page: 0 },
      { base: 4, page: 0 },
    ])
    expect(pagesOf(200, 240, openings)).toEqual([
      { base: 4, page: 1 },
      { base: 4, page: 2 },
    ])
  })
})

it('keeps of an address what can be used', () => {
  const raw = {
    q: 'a = 1',
    cols: ['metrics.x', 3],
    smooth: '7',
    chart: 'pie',
    nest: 'true',
    sel: 'x',
  }
  expect(runsView(raw)).toEqual({ q: 'a = 1', cols: ['metrics.x'], nest: true })
})

describe('the choice of runs', () => {
  const one = chosenOf({ sel: ['a'] })
  const allBut = chosenOf({ sel: ['a'], every: true })

  it('names those that were chosen, or of all those that were not', () => {
    expect([isChosen(one, 'a'), isChosen(one, 'b')]).toEqual([true, false])
    expect([isChosen(allBut, 'a'), isChosen(allBut, 'b')]).toEqual([false, true])
    expect([countChosen(one, 100), countChosen(allBut, 100)]).toEqual([1, 99])
    expect(withRuns(one, ['b', 'c'], true)).toEqual({ sel: ['a', 'b', 'c'] })
    expect(withRuns(one, ['a'], false)).toEqual({ sel: [] })
    expect(withRuns(allBut, ['a'], true)).toEqual({ sel: [] })
    expect(withRuns(allBut, ['b'], false)).toEqual({ sel: ['a', 'b'] })
  })

  it('is sent by names, or as what matches', () => {
    const asked = { experiment: ['3'], filter: 'x = 1', view: 'active', columns: ['m'] } as const
    expect(commandedBy(one, asked)).toEqual({ ids: ['a'] })
    expect(commandedBy(allBut, asked)).toEqual({
      matching: { experiment: ['3'], filter: 'x = 1', view: 'active', parent: undefined },
      except: ['a'],
    })
  })
})

it('makes folders of names', () => {
  const experiment = (name: string): Experiment => ({
    id: name,
    name,
    lifecycle: 'active',
    created_at: '2024-01-01T00:00:00.000Z',
    updated_at: '2024-01-01T00:00:00.000Z',
    artifact_location: '',
    tags: [],
    runs: 1,
    deleted_runs: 0,
    last_run_at: null,
  })
  const all = ['team/b', 'team/a/x', 'alone', '/Users/ada/n'].map(experiment)
  expect(treeOf(all, new Set()).map(({ path, depth }) => [path, depth])).toEqual([
    ['team', 0],
    ['team/a', 1],
    ['team/a/x', 2],
    ['team/b', 1],
    ['Users', 0],
    ['Users/ada', 1],
    ['Users/ada/n', 2],
    ['alone', 0],
  ])
  const shut = treeOf(all, new Set(['team']))
  expect(shut[0]).toMatchObject({ path: 'team', hasChildren: true })
  expect(shut[0]?.experiments).toHaveLength(2)
  expect(shut.some(({ path }) => path === 'team/b')).toBe(false)
})

it('smooths without starting low, and leaves gaps', () => {
  expect(smoothed([1, 2, null], 0)).toEqual([1, 2, null])
  const [first, second, gap, last] = smoothed([4, 4, null, 4], 0.9)
  expect([first, second, gap, last]).toEqual([4, expect.closeTo(4), null, expect.closeTo(4)])
})

it('finds the nearest point', () => {
  expect([-5, 0, 4, 6, 99].map((at) => nearest([0, 5, 10], at))).toEqual([0, 0, 1, 1, 2])
})

it('writes calls that can be pasted', () => {
  const field = { name: 'x', type: 'FP32', required: true, shape: [-1, 2] }
  const passport: Called = {
    model: 'price',
    version: 3,
    serving: { endpoint: 'price', role: 'champion', url: 'http://127.0.0.1:8080' },
    signature: { inputs: [field] },
    location: 'mlflow-artifacts:/1/m',
  }
  const curl = snippetOf(passport, 'curl', 'http://127.0.0.1:5000')
  expect(curl).toContain('http://127.0.0.1:8080/v2/models/price/infer')
  const body = JSON.parse(/-d '([^']*)'/.exec(curl)?.[1] ?? '') as unknown
  expect(body).toEqual({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [0, 0] }] })
  expect(snippetOf(passport, 'python', '')).toContain('http://127.0.0.1:8080/feedback')
  const client = snippetOf(passport, 'typescript', '')
  expect(client).toContain("createClient({ inferenceUri: 'http://127.0.0.1:8080' })")
  expect(client).toContain('client.predict(\n  "price",')
  const away = snippetOf({ ...passport, serving: null }, 'python', 'http://127.0.0.1:5000')
  expect(away).toContain('load_model("models:/price/3")')
  const served = snippetOf({ ...passport, serving: null }, 'typescript', 'http://127.0.0.1:5000')
  expect(served).toContain("mlflow models serve -m 'models:/price/3'")
  const file = { ...passport, serving: null, location: `sha256:${'a'.repeat(64)}` }
  expect(snippetOf(file, 'python', '')).toContain('# Once it is through its gate: ratchet promote')
  expect(snippetOf(file, 'typescript', '')).toMatch(/^\/\/ Once .*\nimport \{ createClient \}/)
})

it('leads from the addresses that MLflow prints to our own', () => {
  const hashes = [
    '#/experiments/3/runs/0123abc',
    '#/experiments/3/runs/0123abc/artifacts',
    '#/experiments/3?viewType=x',
    '#/models/churn%20model/versions/2',
    '#/models',
    '#main',
    '',
  ]
  expect(hashes.map(addressOfMlflow)).toEqual([
    '/runs/0123abc',
    '/runs/0123abc',
    '/experiments/3',
    '/registry/churn%20model/2',
    '/registry',
    null,
    null,
  ])
})
