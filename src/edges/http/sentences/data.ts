import { linkOf } from '../links.ts'
import type { Facts, Tellers, Telling } from './facts.ts'

/** Data that came, and data that was turned away. */
export const dataTellers: Tellers = {
  'datasets.arrived': arrival,
  'datasets.version_added': ({ text }) => ({
    sentence: `${text('dataset') ?? 'data'}: a new version of the data, ${(text('md5') ?? '').slice(0, 8)}.`,
  }),
  'validation.checked': delivery,
}

const MOST_NAMED = 3

function arrival({ event, model, text, number }: Facts): Partial<Telling> {
  const { files } = event.data
  const names = Array.isArray(files) ? files.map((file) => String(file).split('/').at(-1)) : []
  const count = number('count') ?? names.length
  const named = names.slice(0, MOST_NAMED)
  const more = count > named.length ? ` and ${count - named.length} more` : ''
  const which = named.length === 0 ? '' : `: ${named.join(', ')}${more}`
  const what = count === 1 ? 'one new file came' : `${count} new files came`
  return {
    sentence: `${model}: ${what} to ${text('pattern') ?? 'where it is watched'}${which}.`,
    kind: 'data_arrived',
    label: count === 1 ? 'new file' : `${count} new files`,
  }
}

function delivery({ event, text, number }: Facts): Partial<Telling> | null {
  if (text('verdict') !== 'failed') return null
  const failures = number('failures') ?? 1
  const file = (text('file') ?? 'a file').split('/').at(-1) ?? ''
  return {
    sentence: `${text('dataset') ?? 'data'}: the delivery ${file} was refused, it fails ${failures} ${failures === 1 ? 'check' : 'checks'} of its contract.`,
    severity: 'warning',
    kind: 'data_refused',
    label: 'delivery refused',
    link: linkOf(text('report_id') ?? event.id, 'why'),
  }
}
