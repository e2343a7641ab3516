import { type ChildProcess, spawn } from 'node:child_process'
import type { TestProject } from './project.testing.ts'

/** A worker in a process of its own, so that it can be killed. */
export function runWorkerProcess(project: TestProject): ChildProcess {
  const from = (path: string) => JSON.stringify(new URL(path, import.meta.url).pathname)
  const script = `
    import { systemClock } from ${from('../../base/time.ts')}
    import { createEventLog } from ${from('../../events/index.ts')}
    import { createWorker } from ${from('../../jobs/index.ts')}
    import { openSqlite } from ${from('../../storage/database/sqlite.ts')}
    import { pipelineJob } from ${from('index.ts')}
    const { root, stateDir, env } = JSON.parse(process.argv[1])
    const database = openSqlite({ file: stateDir + '/ratchet.db', durability: 'off' })
    const clock = systemClock
    const publish = createEventLog(clock).publish
    const handlers = [pipelineJob({ root, stateDir, env, clock, database, publish })]
    const options = { database, clock, realClock: clock, name: 'child', handlers, leaseMs: 400, onFailure: () => {} }
    await createWorker({ ...options, concurrency: 1 }).settle()`
  const args = ['--input-type=module', '-e', script, JSON.stringify(project)]
  return spawn(process.execPath, args, { stdio: 'ignore' })
}
