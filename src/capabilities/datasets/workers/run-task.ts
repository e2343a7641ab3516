import { look } from './look.ts'
import { place } from './place.ts'
import { publish } from './publish.ts'
import { takeIn } from './take-in.ts'
import type { Result, Task } from './tasks.ts'

/** Does the work at once, in this thread. @throws TaskError and errors of the file system */
export function runTask<T extends Task>(task: T): Result<T>
export function runTask(task: Task): Result<Task> {
  switch (task.kind) {
    case 'take-in':
      return takeIn(task)
    case 'place':
      return place(task)
    case 'publish':
      publish(task)
      return null
    case 'look':
      return look(task)
  }
}
