import { parentPort } from 'node:worker_threads'
import { runTask } from './run-task.ts'
import { faultOf, type Task } from './tasks.ts'

/** A thread of `pool.ts`: calls of the file system that wait are several times cheaper here than promises. */
parentPort?.on('message', ({ id, task }: { readonly id: number; readonly task: Task }) => {
  try {
    parentPort?.postMessage({ id, result: runTask(task) })
  } catch (error) {
    const path = task.kind === 'take-in' ? (task.sources[0] ?? '') : ''
    parentPort?.postMessage({ id, fault: faultOf(error, path) })
  }
})
