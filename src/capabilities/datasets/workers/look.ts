import { lstatSync } from 'node:fs'
import { fsPath } from '../file-names.ts'
import { setSignature, SIGNATURE_WORDS } from './signature.ts'
import { type Look, type Looked, TaskError } from './tasks.ts'

/** Looks at files without reading them. @throws TaskError on what is no regular file */
export function look({ folder, names }: Look): Looked {
  const relpaths = names.split('\0')
  const signatures = new Float64Array(SIGNATURE_WORDS * relpaths.length)
  for (let index = 0; index < relpaths.length; index++) {
    const relpath = relpaths[index] ?? ''
    if (relpath === '') continue
    const path = `${folder}/${relpath}`
    const stats = lstatSync(fsPath(path), { throwIfNoEntry: false })
    if (stats?.isFile() !== true) throw irregular(path, stats === undefined)
    setSignature(signatures, index, stats)
  }
  return { signatures }
}

function irregular(path: string, isGone: boolean): TaskError {
  const what = isGone ? 'it is no longer there' : 'it is a pipe, socket or device'
  return new TaskError({ code: 'IRREGULAR', path, detail: `${path}: ${what}` })
}
