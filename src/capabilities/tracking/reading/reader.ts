import type { Following } from '../../../storage/database/port.ts'
import type { AnswerText } from './answer-text.ts'
import { noteChanges } from './changes.ts'
import { toError } from './fault.ts'
import { Line, type Unsent } from './line.ts'
import type { Asked, Found, Verb } from './long-reads.ts'
import type { Answer } from './messages.ts'

/** Long reads in one thread beside the one that takes writes. It sees all that was committed before it was asked. */
export interface Reader {
  readonly ask: <V extends Verb>(verb: V, asked: Asked<V>) => Promise<Found<V>>
  /** UTF-8, made in the thread. */
  readonly write: <V extends Verb>(
    verb: V,
    asked: Asked<V>,
    text: AnswerText<Found<V>>,
  ) => Promise<Uint8Array>
}

/** Nothing is started, nor written down of what changes, until something is asked. */
export function createReader(following: Following): Reader {
  let line: Promise<Line> | undefined
  following.beforeClose(async () => (await line?.catch(() => undefined))?.close())
  const send = async (question: Unsent): Promise<Answer> => {
    line ??= openLine(following)
    const opened = await line.catch((error: unknown) => {
      // A disk that is full now may have room for the next question.
      line = undefined
      throw error
    })
    return opened.send(question)
  }
  return {
    ask: async <V extends Verb>(verb: V, asked: Asked<V>) => {
      const answer = await send({ verb, asked, text: null })
      if (answer.kind === 'found') return answer.found as Found<V>
      throw failure(answer)
    },
    write: async (verb, asked, { module, name }) => {
      const answer = await send({ verb, asked, text: { module, name } })
      if (answer.kind === 'text') return answer.bytes
      throw failure(answer)
    },
  }
}

async function openLine(following: Following): Promise<Line> {
  return new Line(following.file, await noteChanges(following))
}

function failure(answer: Answer): Error {
  if (answer.kind === 'fault') return toError(answer.fault)
  return new Error(`The reading thread answered with ${answer.kind}, which it was not asked for.`)
}
