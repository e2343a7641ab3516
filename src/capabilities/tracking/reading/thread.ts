import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { openSqliteReader } from '../../../storage/database/sqlite-reader.ts'
import { createColumnReads } from '../columns/column-reads.ts'
import { type AnswerText, joinPieces } from './answer-text.ts'
import { createToldChanges } from './changes.ts'
import { toFault } from './fault.ts'
import { createLongReads, type Found, type Verb } from './long-reads.ts'
import type { Answer, Question, ThreadStart } from './messages.ts'

/** The thread of `reader.ts`: a connection of its own that only reads, and the columns that searches are kept in. */
const { file } = workerData as ThreadStart
const query = openSqliteReader(file)
const told = createToldChanges()
const columns = createColumnReads(query, told.following)
const reads = createLongReads({ database: { query, dialect: 'sqlite' }, columns })

yieldToWriters()
parentPort?.on('message', (question: Question) => {
  // Before anything is awaited: questions come in the order in which they were asked.
  told.tell(question.changes, question.epoch)
  void answer(question).then((one) =>
    parentPort?.postMessage(one, one.kind === 'text' ? [one.bytes.buffer] : []),
  )
})

async function answer<V extends Verb>({ id, verb, asked, text }: Question<V>): Promise<Answer> {
  try {
    const found = await reads[verb](asked)
    if (text === null) return { id, kind: 'found', found }
    const exported = (await import(text.module)) as Record<string, AnswerText<Found<V>>>
    const writer = exported[text.name]
    if (writer === undefined) throw new Error(`${text.module} exports no ${text.name}.`)
    return { id, kind: 'text', bytes: joinPieces(writer.write(found)) }
  } catch (error) {
    return { id, kind: 'fault', fault: toFault(error) }
  }
}

// Where processors are few, whoever logs comes before whoever searches. Only Linux has a priority for each thread.
function yieldToWriters(): void {
  if (process.platform === 'linux') setPriority(0, 5)
}
