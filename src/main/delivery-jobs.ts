import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { acceptDeliveries } from '../automation/deliveries.ts'
import { md5 } from '../base/hash.ts'
import type { Signal } from '../capabilities/alerts/index.ts'
import { checkData } from '../capabilities/validation/index.ts'
import type { JobHandler } from '../jobs/index.ts'
import { type Capabilities, contractOf } from './capabilities.ts'
import type { Foundation } from './foundation.ts'

const DATA_IS_GOOD: Signal = {
  rule: 'data',
  condition: 'calm',
  severity: 'warning',
  summary: 'The last delivery kept its contract',
  evidence: {},
}

const DELIVERIES = 'automation.deliveries'

/** Holds new files against the contract and moves the good ones to the training data. Payload `{ model }`. */
export function deliveriesHandler(
  foundation: Foundation,
  { policyOf, validation, openRules, raise }: Capabilities,
): JobHandler {
  const { projectRoot, clock, database } = foundation
  return {
    kind: DELIVERIES,
    run: async (job) => {
      const { model } = job.payload as { readonly model: string }
      const policy = policyOf(model)
      const contract = policy === null ? null : contractOf(foundation, policy)
      const deliveries = policy?.data?.deliveries
      const data = policy?.train?.data
      if (contract === null || deliveries === undefined || data === undefined) return
      const now = (): number => clock.now()
      const outcomes = await acceptDeliveries(
        {
          query: database.query,
          projectRoot,
          now,
          check: async (file, alongside) => {
            const report = await checkData(validation, {
              contract,
              file,
              now: now(),
              dataset: data,
              causedBy: job.id,
              alongside: (tx, { verdict, id }) => alongside(tx, verdict, id),
            })
            return { file, verdict: report.verdict, reportId: report.id }
          },
        },
        { deliveries, data },
      )
      const good = outcomes.length > 0 && outcomes.every(({ verdict }) => verdict === 'passed')
      if (good && (await openRules(model)).includes('data'))
        await raise({ model, signals: [DATA_IS_GOOD], causedBy: job.id })
    },
  }
}

/** Looks for files that arrived and enqueues their check; quick where nothing changed since the last look. */
export function createDeliverySensor(foundation: Foundation): () => Promise<void> {
  const seen = new Map<string, string>()
  return async () => {
    for (const [model, { data }] of Object.entries(foundation.project.models)) {
      if (data?.deliveries === undefined) continue
      const listing = listFiles(foundation.projectRoot, data.deliveries)
      if (listing === '' || seen.get(model) === listing) continue
      const key = `${model}:${md5(listing)}`
      await foundation.database.transaction((tx) =>
        foundation.enqueue(tx, {
          kind: DELIVERIES,
          payload: { model },
          key,
          lane: `deliveries:${model}`,
          causedBy: null,
        }),
      )
      seen.set(model, listing)
    }
  }
}

function listFiles(root: string, pattern: string): string {
  return globSync(pattern, { cwd: root })
    .toSorted()
    .map((file) => {
      const found = statSync(join(root, file), { throwIfNoEntry: false })
      return found === undefined ? '' : `${file} ${found.size} ${found.mtimeMs} ${found.ino}`
    })
    .join('\n')
}
