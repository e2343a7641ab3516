import type { JsonObject } from '../../base/json.ts'
import type { CliContext } from './context.ts'

/** A sentence for each place whose new files cannot be seen at present. */
export async function watchFaults(context: Pick<CliContext, 'api'>): Promise<readonly string[]> {
  const { items } = await context.api().get('/alerts?state=firing')
  return (items as readonly JsonObject[])
    .filter(({ rule }) => String(rule).startsWith('watch:'))
    .map(({ sentence }) => String(sentence))
}
