import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tools } from '../tests/interop/tools.ts'
import { report } from './measure.ts'

// Fifty stages, each of which copies a line, in a chain and independent: run, and found unchanged. Ours and the real
// DVC take turns, each in a copy of its own, and the best of each counts.

const RATCHET = fileURLToPath(new URL('../bin/ratchet', import.meta.url))
const DVC = tools.dvc()
const STAGES = 50
const ROUNDS = 3

const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-pipelines-'))
try {
  measureEmpty()
  measureShape('chain', (index) => `s${index - 1}.txt`, 1000)
  measureShape('independent', () => 's0.txt', 600)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function measureEmpty(): void {
  const [ours, theirs] = ['ours-empty', 'dvc-empty'].map((name) => newProject(name, null))
  const [a, b] = bestOfTurns(
    () => timed(ours ?? '', RATCHET, 'status'),
    () => timed(theirs ?? '', DVC, 'status'),
  )
  report({
    measure: 'status, empty repository',
    ours: a,
    unit: 'ms',
    reach: { at_most: 120 },
    peer: { name: 'dvc', value: b },
  })
}

function measureShape(shape: string, depOf: (index: number) => string, coldMs: number): void {
  const text = pipelineText(depOf)
  const [ours, theirs] = ['ours', 'dvc'].map((tool) => newProject(`${tool}-${shape}`, text))
  const cold = (root: string, tool: string): number => {
    for (let index = 1; index <= STAGES; index++)
      rmSync(join(root, `s${index}.txt`), { force: true })
    for (const name of ['dvc.lock', '.dvc/cache', '.dvc/tmp', '.ratchet'])
      if (existsSync(join(root, name))) rmSync(join(root, name), { recursive: true, force: true })
    return timed(root, tool, 'repro')
  }
  const figures = [
    [`repro, ${STAGES} stages, ${shape}, cold`, cold, coldMs],
    [
      `repro, ${shape}, nothing changed`,
      (root: string, tool: string) => timed(root, tool, 'repro'),
      200,
    ],
    [
      `status, ${shape}, nothing changed`,
      (root: string, tool: string) => timed(root, tool, 'status'),
      200,
    ],
  ] as const
  for (const [measure, work, limit] of figures) {
    const [a, b] = bestOfTurns(
      () => work(ours ?? '', RATCHET),
      () => work(theirs ?? '', DVC),
    )
    report({
      measure,
      ours: a,
      unit: 'ms',
      reach: { at_most: limit },
      peer: { name: 'dvc', value: b },
    })
  }
}

function bestOfTurns(ours: () => number, theirs: () => number): readonly [number, number] {
  const turns = Array.from({ length: ROUNDS }, () => [ours(), theirs()] as const)
  return [Math.min(...turns.map(([time]) => time)), Math.min(...turns.map(([, time]) => time))]
}

function timed(root: string, tool: string, verb: string): number {
  const startedAt = performance.now()
  execFileSync(tool, [verb], { cwd: root, stdio: 'ignore' })
  return performance.now() - startedAt
}

function newProject(name: string, text: string | null): string {
  const root = join(folder, name)
  execFileSync('git', ['init', '-q', root])
  execFileSync(DVC, ['init', '-q'], { cwd: root })
  if (text !== null) writeFileSync(join(root, 'dvc.yaml'), text)
  writeFileSync(join(root, 's0.txt'), '0\n')
  return root
}

function pipelineText(depOf: (index: number) => string): string {
  const stages = Array.from({ length: STAGES }, (_, at) => {
    const [out, dep] = [`s${at + 1}.txt`, depOf(at + 1)]
    const cmd = `cat ${dep} > ${out} && echo ${at + 1} >> ${out}`
    return `  s${at + 1}:\n    cmd: ${cmd}\n    deps:\n    - ${dep}\n    outs:\n    - ${out}\n`
  })
  return `stages:\n${stages.join('')}`
}
