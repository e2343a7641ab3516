import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CliContext } from '../../edges/cli/context.ts'
import { createCli, createSender, type RunCli, type Send } from './client.ts'
import type { DemoFlags } from './flags.ts'
import { drive, type Driven } from './drive.ts'
import { FULL_PLAN, SHORT_PLAN } from './faults.ts'
import { daysBetween, readHistory } from './history.ts'
import { createProgress, type Progress } from './progress.ts'
import { createDemoProject, csvOf, type DemoProject } from './project.ts'
import { createReferences } from './references.ts'
import { onInterrupt } from '../interrupt.ts'
import { errorsByYear, meanErrors, type Summary, summaryLines } from './summary.ts'

const PACKAGE_ROOT = join(import.meta.dirname, '../../..')
const EXTENSION = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
const CLI = join(import.meta.dirname, '..', `cli.${EXTENSION}`)
const LAST_DAY = '1988-12-31'

interface Planes {
  readonly process: ChildProcess
  readonly control: string
  readonly data: string
}

/** Plays the demo from an empty folder to the table of results. */
export async function runDemo(context: CliContext, flags: DemoFlags): Promise<void> {
  const startedAt = performance.now()
  const truth = readHistory()
  const until = flags.until ?? LAST_DAY
  const firstDays = daysBetween('1969-01-01', '1970-12-31')
  const project = createDemoProject(PACKAGE_ROOT, csvOf(firstDays, truth))
  const progress = createProgress(context)
  const planes = await startPlanes(project, flags)
  const stop = stopOnSignal(planes.process, project)
  try {
    const control = createSender(planes.control)
    await firstModel(createCli(CLI, project.root), project, progress)
    const driven = await drive({
      project,
      control,
      watch: createSender(planes.control),
      data: createSender(planes.data),
      truth,
      references: await createReferences(project.root, truth),
      until,
      plan: until === LAST_DAY ? FULL_PLAN : SHORT_PLAN,
      onProgress: progress.show,
    })
    progress.end()
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    const summary = await summarize(control, driven, seconds)
    for (const line of summaryLines(summary)) context.note(line)
    if (flags.report !== undefined)
      writeFileSync(flags.report, `${JSON.stringify(summary, null, 2)}\n`)
    else if (context.wantsJson) context.print(JSON.stringify(summary, null, 2))
    if (flags.exit !== true) {
      context.note(`\nWhat happened and why: ${planes.control}\nCtrl-C ends it.`)
      await stop.asked
    }
  } catch (error) {
    progress.end()
    context.note(`The demo failed; its project is kept in ${project.root}.`)
    await stop.planes()
    throw error
  }
  await stop.now()
}

function startPlanes(project: DemoProject, flags: DemoFlags): Promise<Planes> {
  const { port = '5000', inferencePort = '8080' } = flags
  const ports = ['--port', port, '--inference-port', inferencePort]
  const args = [...process.execArgv, CLI, 'up', '--json', '--replay', '1970-12-31', ...ports]
  const child = spawn(process.execPath, args, {
    cwd: project.root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches the demo alone; the demo then stops what it started.
    detached: true,
  })
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString('utf8')
    })
    child.stdout.once('data', (text: Buffer) => {
      const { control, data } = JSON.parse(text.toString('utf8')) as Omit<Planes, 'process'>
      resolve({ process: child, control, data })
    })
    child.once('exit', () => reject(new Error(`ratchet up ended: ${said}`)))
  })
}

function stopOnSignal(child: ChildProcess, project: DemoProject) {
  let ask = (): void => {}
  const asked = new Promise<void>((resolve) => {
    ask = resolve
  })
  const planes = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    }
  }
  const now = async (): Promise<void> => {
    await planes()
    rmSync(project.root, { recursive: true, force: true })
  }
  onInterrupt(() => {
    ask()
    void now().then(() => process.exit(130))
  })
  process.once('SIGTERM', () => void now().then(() => process.exit(130)))
  return { asked, now, planes }
}

async function firstModel(cli: RunCli, project: DemoProject, progress: Progress): Promise<void> {
  progress.say('Versioning the first window of data, and checking it.')
  await cli('init')
  await cli('add', 'data/births')
  await cli('check', 'data/births/births-1970-12-31.csv', '--contract', 'contracts/births.yaml')
  progress.say('Training and evaluating the first model.')
  await cli('repro')
  project.git('add', '--all')
  project.git('commit', '--quiet', '--message', 'births: the first model')
  progress.say('Registering it, and letting it answer.')
  await cli('register', 'births')
  await cli('promote', 'births')
}

async function summarize(control: Send, driven: Driven, seconds: number): Promise<Summary> {
  const { body } = await control('GET', '/api/v1/models/births/counts')
  const counts = body as unknown as Counts
  const { logged, labelled } = counts.predictions
  return {
    seconds,
    mae: meanErrors(driven.days),
    by_year: errorsByYear(driven.days),
    retrainings: {
      done: counts.retrainings.done,
      monthly: new Set(driven.days.map(({ day }) => day.slice(0, 7))).size,
    },
    refused: counts.refused,
    rolled_back: counts.rolled_back,
    predictions: {
      asked: driven.asked,
      answered: driven.answered,
      logged,
      labelled,
      lost: driven.answered - logged + (driven.labelled - labelled),
    },
  }
}

interface Counts {
  readonly predictions: { readonly logged: number; readonly labelled: number }
  readonly retrainings: { readonly done: number }
  readonly refused: { readonly data: number; readonly gate: number }
  readonly rolled_back: number
}
