import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Send } from './client.ts'
import { type FaultPlan, editFault, failsLive, type Fault, lostFeature, spoil } from './faults.ts'
import { addDays, daysBetween, type Day, weekdayOf } from './history.ts'
import { csvOf, type DemoProject } from './project.ts'
import type { References } from './references.ts'
import type { DayErrors } from './summary.ts'

export interface Drive {
  readonly project: DemoProject
  readonly control: Send
  /** A second connection: the first waits for the clock. */
  readonly watch: Send
  readonly data: Send
  readonly truth: ReadonlyMap<Day, number>
  readonly references: References
  readonly until: Day
  readonly plan: FaultPlan
  readonly onProgress: (day: Day, share: number, words: string) => void
}

export interface Driven {
  readonly days: readonly DayErrors[]
  readonly asked: number
  readonly answered: number
  readonly labelled: number
  /** Answers by the data plane while the control plane was dead. */
  readonly answeredMeanwhile: number
}

interface Tally {
  readonly days: DayErrors[]
  readonly predictions: Map<Day, string>
  asked: number
  labelled: number
  answeredMeanwhile: number
  words: string
}

const FIRST: Day = '1971-01-01'
const LABEL_DELAY_DAYS = 7
/** A prediction is asked for, and schedules fall due, at six in the morning. */
const HOUR = 'T06:00:00.000Z'

/** Plays the history day by day, as the callers, the labellers and the engineers of the project. */
export async function drive(input: Drive): Promise<Driven> {
  const tally: Tally = {
    days: [],
    predictions: new Map(),
    asked: 0,
    labelled: 0,
    answeredMeanwhile: 0,
    words: 'The first model answers.',
  }
  const faults = [
    editFault(input.project, input.control, lostFeature(input.plan.lostFeature)),
    editFault(input.project, input.control, failsLive(input.plan.failsLive)),
  ]
  const kill = createKill(input, tally)
  const days = daysBetween(FIRST, addDays(input.until, LABEL_DELAY_DAYS))
  for (const [index, day] of days.entries()) {
    await beforeDay(input, tally, { day, faults })
    await kill(day)
    // Whoever counts births and whoever asks for them do not wait for each other.
    await Promise.all([
      label(input, tally, addDays(day, -LABEL_DELAY_DAYS)),
      day <= input.until ? ask(input, tally, day) : undefined,
    ])
    input.onProgress(day, (index + 1) / days.length, tally.words)
  }
  const { asked, labelled, answeredMeanwhile } = tally
  return {
    days: tally.days,
    asked,
    answered: tally.predictions.size,
    labelled,
    answeredMeanwhile,
  }
}

async function beforeDay(
  { project, truth, plan }: Drive,
  tally: Tally,
  { day, faults }: { day: Day; faults: readonly Fault[] },
): Promise<void> {
  // Looking each week is enough for an engineer, and for the mending of an edit.
  if (weekdayOf(day) === 2 || day === plan.lostFeature || day === plan.failsLive)
    for (const fault of faults) tally.words = (await fault.before(day)) ?? tally.words
  if (weekdayOf(day) === 1) deliverWeek({ project, truth, plan }, tally, day)
}

function deliverWeek(
  { project, truth, plan }: Pick<Drive, 'project' | 'truth' | 'plan'>,
  tally: Tally,
  day: Day,
): void {
  const last = addDays(day, -LABEL_DELAY_DAYS - 1)
  const first = addDays(last, -6)
  const days = daysBetween(first < FIRST ? FIRST : first, last)
  if (days.length === 0) return
  const name = `births-${last}.csv`
  if (day === plan.badDelivery) {
    project.deliver(name, spoil(csvOf(days, truth)))
    tally.words = 'A delivery has negative counts, a null and a renamed column.'
    return
  }
  // The week after the bad one brings it again, mended.
  if (day === addDays(plan.badDelivery, 7)) {
    const missing = daysBetween(addDays(first, -7), addDays(first, -1))
    project.deliver(`births-${addDays(last, -7)}.csv`, csvOf(missing, truth))
    tally.words = 'The bad delivery was refused; a mended one arrives.'
  }
  project.deliver(name, csvOf(days, truth))
}

async function moveClock(control: Send, day: Day): Promise<void> {
  const { status, body } = await control('POST', '/api/v1/clock', { to: `${day}${HOUR}` })
  if (status !== 200) throw new Error(`the clock: ${status} ${JSON.stringify(body)}`)
}

// Until the kill has happened, each retraining from its day on is watched for.
function createKill(input: Drive, tally: Tally): (day: Day) => Promise<void> {
  let done = false
  return async (day) => {
    if (done || day < input.plan.killedFrom) return moveClock(input.control, day)
    const moving = moveClock(input.control, day).then(
      () => 'moved' as const,
      () => 'cut' as const,
    )
    const killed = await killWhenTraining(input, moving)
    if (!killed) return void (await moving)
    done = true
    tally.words = 'The control plane is killed in the middle of a retraining.'
    await moving
    for (let again = 0; again < 5; again++) {
      await ask(input, tally, day, { meanwhile: true })
    }
    await untilReady(input.control)
    await moveClock(input.control, day)
    tally.words = 'The control plane is back, and the retraining went on.'
  }
}

async function killWhenTraining(
  { project, watch }: Drive,
  moving: Promise<unknown>,
): Promise<boolean> {
  let over = false
  void moving.then(() => {
    over = true
  })
  const path = '/api/v1/pipelines/runs?model=births&state=running'
  while (!over) {
    const { body } = await watch('GET', path)
    if (Array.isArray(body.items) && body.items.length > 0) {
      const file = join(project.root, '.ratchet', 'run', 'control.json')
      const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number }
      process.kill(pid, 'SIGKILL')
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return false
}

async function untilReady(control: Send): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const ready = await control('GET', '/ready').catch(() => null)
    if (ready?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('the control plane did not come back within ten seconds')
}

async function ask(
  { data, truth, references }: Drive,
  tally: Tally,
  day: Day,
  { meanwhile = false } = {},
): Promise<void> {
  const inputs = Object.entries(references.featuresOf(day)).map(([name, value]) => ({
    name,
    datatype: 'INT64',
    shape: [1, 1],
    data: [value],
  }))
  tally.asked += 1
  const key = meanwhile ? `${day}/${tally.asked}` : day
  const answer = await data('POST', '/v2/models/births/infer', { inputs, parameters: { key } })
  const outputs = answer.body.outputs as readonly { readonly data: readonly number[] }[] | undefined
  const value = outputs?.[0]?.data[0]
  const id = answer.headers['x-ratchet-prediction-id']
  if (answer.status !== 200 || value === undefined || typeof id !== 'string')
    throw new Error(`${day}: ${answer.status} ${JSON.stringify(answer.body)}`)
  tally.predictions.set(key, id)
  if (meanwhile) {
    tally.answeredMeanwhile += 1
    return
  }
  const births = truth.get(day) ?? 0
  const error = (expected: number): number => Math.abs(expected - births)
  const errors = {
    alone: error(references.alone(day)),
    ratchet: error(value),
    monthly: error(references.monthly(day)),
  }
  tally.days.push({ day, errors })
}

async function label({ data, truth }: Drive, tally: Tally, day: Day): Promise<void> {
  const id = tally.predictions.get(day)
  if (id === undefined) return
  const truthBody = { prediction_id: id, label: truth.get(day) ?? 0 }
  const { status, body } = await data('POST', '/feedback', truthBody)
  if (status !== 200 && status !== 202)
    throw new Error(`feedback for ${day}: ${status} ${JSON.stringify(body)}`)
  tally.labelled += 1
}
