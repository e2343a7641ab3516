import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemClock } from '../../src/base/time.ts'
import { checkData } from '../../src/capabilities/validation/index.ts'
import { createEventLog } from '../../src/events/index.ts'
import { openAnalytics } from '../../src/storage/analytics/index.ts'
import { openSqlite } from '../../src/storage/database/sqlite.ts'
import { LAUNCHER } from './stays-up.ts'

const REGIONS = Array.from({ length: 40 }, (_, index) => `r${String(index + 1).padStart(2, '0')}`)

/** A project of fifty stages, brought up to date once, with data in two committed versions. */
export function seedPipeline(database: string): void {
  const folder = dirname(dirname(database))
  const run = (command: string, ...args: readonly string[]): void => {
    execFileSync(command, args, { cwd: folder, stdio: 'pipe' })
  }
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const commit = (message: string): void => {
    run('git', 'add', '--all')
    run('git', ...AUTHOR, 'commit', '--quiet', '--message', message)
  }
  write('ratchet.yaml', MODELS)
  write('params.yaml', 'train:\n  depth: 5\n  rate: 0.1\nscore:\n  folds: 3\n')
  write('dvc.yaml', PIPELINE)
  write('contracts/sales.yaml', CONTRACT)
  write('data/sales.csv', sales(400, 20))
  run(LAUNCHER, 'add', 'data/sales.csv')
  run(LAUNCHER, 'repro')
  commit('sales until March')
  write('data/sales.csv', sales(620, 26))
  run(LAUNCHER, 'add', 'data/sales.csv')
  commit('sales until June')
}

/** Holds the data of `seedPipeline` against its contract, as a delivery would be. */
export async function seedCheck(file: string): Promise<void> {
  const folder = dirname(dirname(file))
  const database = openSqlite({ file })
  const analytics = openAnalytics()
  const { publish } = createEventLog(systemClock)
  try {
    await checkData(
      { database, analytics, publish },
      {
        contract: join(folder, 'contracts/sales.yaml'),
        file: join(folder, 'data/sales.csv'),
        dataset: 'data/sales.csv',
        now: systemClock.now(),
        causedBy: null,
      },
    )
  } finally {
    await analytics.close()
    await database.close()
  }
}

const AUTHOR = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']

function sales(rows: number, mean: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const amount = mean + ((index * 7919) % 101) / 10 - 5
    return `${index + 1},${REGIONS[index % 40]},${amount.toFixed(1)},${1 + (index % 4)}`
  })
  return `id,region,amount,items\n${lines.join('\n')}\n`
}

const MODELS = `project: tried
models:
  price:
    train: { stage: train, model: models/price.onnx, data: data/sales.csv }
    data: { contract: contracts/sales.yaml }
`

const CONTRACT = `name: sales
columns:
  id: { type: integer, unique: true }
  region: { type: string }
  amount: { type: number, min: 0, max: 30 }
  items: { type: integer, min: 1 }
`

const PIPELINE = `stages:
  prepare:
    desc: Drop what cannot be read
    cmd: mkdir -p work && cp data/sales.csv work/clean.csv
    deps: [data/sales.csv]
    outs: [work/clean.csv]
  split:
    cmd: head -n 300 work/clean.csv > work/train.csv && tail -n 100 work/clean.csv > work/test.csv
    deps: [work/clean.csv]
    outs: [work/train.csv, work/test.csv]
  features:
    cmd: cp work/train.csv work/features.csv
    deps: [work/train.csv]
    outs: [work/features.csv]
  train:
    desc: Fit the trees
    cmd: >-
      mkdir -p models && i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo "epoch $i loss 0.$((99 - i))";
      sleep 0.02; done; echo "warning: <b>one</b> row dropped" && cp work/features.csv models/price.onnx
      && echo '{"mae": 12.25, "rows": 300}' > metrics.json
    deps: [work/features.csv]
    params: [train.depth, train.rate]
    outs: [models/price.onnx]
    metrics: [{metrics.json: {cache: false}}]
  score:
    foreach: [${REGIONS.join(', ')}]
    do:
      cmd: mkdir -p scores && echo \${item} > scores/\${item}.txt
      deps: [models/price.onnx]
      outs:
        - scores/\${item}.txt
  report:
    cmd: cat scores/*.txt > report.txt
    deps: [${REGIONS.map((region) => `scores/${region}.txt`).join(', ')}]
    outs: [report.txt]
  publish:
    cmd: cp report.txt published.txt
    deps: [report.txt]
    outs: [published.txt]
`
