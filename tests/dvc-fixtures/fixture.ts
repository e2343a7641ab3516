import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readTree } from './tree.ts'
import type { Scenario, Step } from './scenarios.ts'

/** Whether a command did its work or said no. */
export type Outcome = 'done' | 'refused'

/** What became of the tree in one step: path → mode and content, null for what is gone. */
export interface RecordedStep {
  readonly step: Step
  readonly outcome: Outcome
  readonly changes: Readonly<Record<string, string | null>>
}

/** A scenario as DVC did it. */
export interface Fixture {
  readonly made_by: string
  readonly steps: readonly RecordedStep[]
}

export type Tree = Readonly<Record<string, string>>
/** Runs a command in the folder of the scenario. */
export type RunCommand = (step: Extract<Step, { run: unknown }>) => Outcome | Promise<Outcome>

const FOLDER = join(import.meta.dirname, '../fixtures/dvc')

export function fixtureFile(name: string): string {
  return join(FOLDER, `${name}.json`)
}

export function readFixture(name: string): Fixture {
  return JSON.parse(readFileSync(fixtureFile(name), 'utf8')) as Fixture
}

export function fixtureText(fixture: Fixture): string {
  return `${JSON.stringify(fixture, null, 1)}\n`
}

/** Plays a scenario in a folder and records what each step did. */
export async function playScenario(
  { steps }: Scenario,
  root: string,
  runCommand: RunCommand,
): Promise<readonly RecordedStep[]> {
  const recorded: RecordedStep[] = []
  let before: Tree = readTree(root)
  for (const step of steps) {
    const outcome = await takeStep(step, root, runCommand)
    const after = readTree(root)
    recorded.push({ step, outcome, changes: changesBetween(before, after) })
    before = after
  }
  return recorded
}

export async function takeStep(step: Step, root: string, runCommand: RunCommand): Promise<Outcome> {
  if ('run' in step) return runCommand(step)
  if ('remove' in step) rmSync(join(root, step.remove), { recursive: true })
  else writeFile(root, step.write, { text: step.text, mode: step.mode ?? 0o644 })
  return 'done'
}

function writeFile(root: string, path: string, { text, mode }: { text: string; mode: number }) {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  // Data of the cache may be read only, and a link to it is not written through.
  rmSync(file, { force: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
}

function changesBetween(before: Tree, after: Tree): RecordedStep['changes'] {
  const changed = Object.entries(after).filter(([path, told]) => before[path] !== told)
  const gone = Object.keys(before).filter((path) => !(path in after))
  return { ...Object.fromEntries(changed), ...Object.fromEntries(gone.map((path) => [path, null])) }
}

/** The tree after a step, as it was recorded. */
export function treeAfter({ steps }: Fixture, count: number): Tree {
  const tree: Record<string, string> = {}
  for (const { changes } of steps.slice(0, count))
    for (const [path, told] of Object.entries(changes))
      if (told === null) delete tree[path]
      else tree[path] = told
  return tree
}

/** Makes a folder what a recorded tree says. */
export function layOut(root: string, tree: Tree): void {
  for (const path of Object.keys(readTree(root))) if (!(path in tree)) rmSync(join(root, path))
  for (const [path, told] of Object.entries(tree)) {
    const [mode = ''] = told.split(' ', 1)
    writeFile(root, path, { text: told.slice(mode.length + 1), mode: 0o44 + (Number(mode) << 6) })
  }
}
