import { expect, it } from 'vitest'
import { evaluatePolicySchema, type StoredGate } from '../capabilities/evaluation/index.ts'
import type { ModelVersion } from '../capabilities/registry/index.ts'
import { gateVersion, type GatingDeps } from './gating.ts'

const evaluate = evaluatePolicySchema.parse({ metric: 'mae' })

const version: ModelVersion = {
  model: 'sales',
  version: 1,
  description: null,
  userId: null,
  stage: 'None',
  status: 'READY',
  source: 'sha256:0',
  location: 'sha256:0',
  digest: null,
  loggedModelId: null,
  runLink: null,
  runId: null,
  pipelineRunId: null,
  dataMd5: null,
  gitCommit: null,
  trainFrom: null,
  trainUntil: null,
  causedBy: null,
  createdAt: 0,
  updatedAt: 0,
  tags: {},
  aliases: [],
}

type Born = Pick<ModelVersion, 'trainUntil' | 'createdAt'>

/** From which moment rows are asked for, with these two versions. */
async function rowsFrom(challenger: Born, champion: Born): Promise<number> {
  let asked = -1
  const deps: GatingDeps = {
    registry: {
      getVersion: async (_model, number) => ({
        ...version,
        ...(number === 1 ? champion : challenger),
      }),
    },
    policyOf: () => ({ evaluate }),
    championOf: async () => 1,
    maturedRows: async (_model, from) => {
      asked = from
      return []
    },
    scoreVersion: async () => ({ predictions: [], p99Ms: null }),
    sizeOf: async () => 1,
    runGate: async () => ({}) as StoredGate,
  }
  await gateVersion(deps, { model: 'sales', version: 2, causedBy: null, key: 'k' })
  return asked
}

it('asks for rows that neither version learned from', async () => {
  expect(await rowsFrom({ trainUntil: 50, createdAt: 90 }, { trainUntil: 70, createdAt: 80 })).toBe(
    70,
  )
})

it('counts nothing before the birth of a version that does not say what it learned from', async () => {
  expect(
    await rowsFrom({ trainUntil: null, createdAt: 90 }, { trainUntil: 70, createdAt: 80 }),
  ).toBe(90)
})
