import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../base/json.ts'
import type { Send } from './client.ts'
import type { Day } from './history.ts'
import type { DemoProject } from './project.ts'

export interface Fault {
  /** Called before each day; does its harm once, and mends it once Ratchet has dealt with it. What happened, in words. */
  readonly before: (day: Day) => Promise<string | null>
}

export interface FaultPlan {
  /** A delivery with negative counts, a null and a renamed column. */
  readonly badDelivery: Day
  /** A commit that loses a feature; taken back when a gate has refused a challenger. */
  readonly lostFeature: Day
  /** A commit whose model fails on days after its training; taken back when a rollout was aborted. */
  readonly failsLive: Day
  /** The control plane is killed in the middle of the first retraining from here on. */
  readonly killedFrom: Day
}

export const FULL_PLAN: FaultPlan = {
  badDelivery: '1973-09-10',
  lostFeature: '1974-12-20',
  killedFrom: '1977-01-01',
  failsLive: '1983-12-25',
}

/** The same four within the two years of a short history. */
export const SHORT_PLAN: FaultPlan = {
  badDelivery: '1971-03-08',
  lostFeature: '1973-12-20',
  killedFrom: '1971-06-01',
  failsLive: '1972-06-01',
}

/** The file of that Monday with what a broken export does to it. */
export function spoil(csv: string): string {
  const [, ...lines] = csv.split('\n')
  const spoiled = lines.map((line, index) => {
    if (index === 1) return line.replace(',', ',-')
    return index === 3 ? line.replace(/,.*/, ',') : line
  })
  return ['day,births', ...spoiled].join('\n')
}

interface Edit {
  readonly from: Day
  /** For the progress line, when it is made and when it is taken back. */
  readonly about: string
  readonly caught: string
  readonly change: (params: string) => string
  readonly message: string
  /** Newest things of this kind; the edit is taken back when one that is newer than it ended so. */
  readonly path: string
  readonly isCaught: (item: JsonObject) => boolean
}

/** An engineer commits an edit of params.yaml, and reverts it when Ratchet has shown it to be wrong. */
export function editFault(project: DemoProject, api: Send, edit: Edit): Fault {
  let state: 'waiting' | 'committed' | 'reverted' = 'waiting'
  let known = new Set<unknown>()
  const items = async (): Promise<readonly JsonObject[]> => {
    const { body } = await api('GET', edit.path)
    return body.items as readonly JsonObject[]
  }
  return {
    before: async (day) => {
      if (state === 'waiting' && day >= edit.from) {
        known = new Set((await items()).map((item) => item.id))
        const file = join(project.root, 'params.yaml')
        writeFileSync(file, edit.change(readFileSync(file, 'utf8')))
        project.git('commit', '--quiet', '--all', '--message', edit.message)
        state = 'committed'
        return edit.about
      }
      if (state !== 'committed') return null
      const caught = (await items()).some((item) => !known.has(item.id) && edit.isCaught(item))
      if (!caught) return null
      revertEdit(project, edit)
      state = 'reverted'
      return edit.caught
    },
  }
}

// The loop has moved train.until since, so the line is put back by hand as a colleague would.
function revertEdit(project: DemoProject, edit: Edit): void {
  const file = join(project.root, 'params.yaml')
  writeFileSync(file, undo(readFileSync(file, 'utf8')))
  project.git('commit', '--quiet', '--all', '--message', `Revert "${edit.message}"`)
}

export function lostFeature(from: Day): Edit {
  return {
    from,
    about: 'A refactoring loses the weekday; the gate must refuse what it trains.',
    caught: 'The gate refused it; the commit is taken back.',
    change: (params) => params.replace('  - weekday\n', ''),
    message: 'births: simplify the features',
    path: '/api/v1/gates?model=births&limit=20',
    isCaught: (gate) => gate.verdict === 'failed',
  }
}

export function failsLive(from: Day): Edit {
  return {
    from,
    about: 'A calendar table ends with the training days; live days make the model fail.',
    caught: 'It failed on live traffic and was rolled back; the commit is taken back.',
    change: (params) => params.replace('calendar: recurring', 'calendar: exact'),
    message: 'births: look holidays up by date',
    path: '/api/v1/rollouts?model=births&limit=20',
    isCaught: (rollout) => rollout.state === 'aborted' || rollout.state === 'rolled_back',
  }
}

function undo(params: string): string {
  const calendar = params.replace('calendar: exact', 'calendar: recurring')
  return calendar.includes('- weekday')
    ? calendar
    : calendar.replace('features:\n', 'features:\n  - weekday\n')
}
