import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createEventLog } from '../../../events/index.ts'
import { openMlflowWorld } from '../world.testing.ts'
import { findSource, importMlflow } from './index.ts'

/** An empty project to import into, served to MLflow's clients, and a folder to make sources in. */
export async function openImportWorld() {
  const world = await openMlflowWorld()
  const { folder, database } = world
  return {
    ...world,
    write: (files: Readonly<Record<string, string>>): void => {
      for (const [path, text] of Object.entries(files)) {
        const file = join(folder, path)
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, text)
      }
    },
    events: () => createEventLog({ now: () => 0 }).list(database.query, {}),
    run: (address: string, options: { artifacts?: string[]; signal?: AbortSignal } = {}) => {
      const { artifacts = [], signal = new AbortController().signal } = options
      const found = findSource({ address, cwd: folder, artifacts })
      const deps = { ...world, locate: found.locate, signal, onProgress: () => {} }
      return importMlflow(deps, (tally) => found.open(tally.skip))
    },
  }
}

export type ImportWorld = Awaited<ReturnType<typeof openImportWorld>>

export const RUN_1 = 'a'.repeat(32)
export const RUN_2 = 'b'.repeat(32)
export const MODEL = `m-${'c'.repeat(32)}`

/** As MLflow 3.17 writes it, and one run as 2.0 did. */
export function mlrunsTree(root: string): Readonly<Record<string, string>> {
  const experiment = `${root}/580715636637084034`
  const run = `${experiment}/${RUN_1}`
  return {
    [`${root}/0/meta.yaml`]: `artifact_location: file:///gone/mlruns/0\ncreation_time: 5\nexperiment_id: '0'\nlast_update_time: 5\nlifecycle_stage: active\nname: Default\n`,
    [`${experiment}/meta.yaml`]: `artifact_location: file:///gone/mlruns/580715636637084034\ncreation_time: 10\nexperiment_id: '580715636637084034'\nlast_update_time: 11\nlifecycle_stage: active\nname: team/price\n`,
    [`${experiment}/tags/owner`]: 'ana',
    [`${run}/meta.yaml`]: `artifact_uri: file:///gone/mlruns/580715636637084034/${RUN_1}/artifacts\nend_time: 30\nexperiment_id: '580715636637084034'\nlifecycle_stage: active\nrun_id: ${RUN_1}\nrun_name: 1e5\nstart_time: 20\nstatus: 3\nuser_id: root\n`,
    [`${run}/params/alpha`]: "a\nb: 'c'",
    [`${run}/params/opt/lr`]: '0.1',
    [`${run}/tags/note`]: 'ä',
    [`${run}/metrics/loss`]: '21 0.5 0\n22 nan 1\n23 -inf 2\n',
    [`${run}/metrics/old`]: '21 1e-05\n',
    [`${run}/metrics/by/data`]: '21 2.5 7 d abc\n',
    [`${run}/inputs/i1/meta.yaml`]: `source_id: d1\nsource_type: DATASET\ndestination_type: RUN\ndestination_id: d1\ntags:\n  mlflow.data.context: training\n`,
    [`${experiment}/datasets/d1/meta.yaml`]: `digest: '123'\nname: births\nprofile: null\nschema: '{}'\nsource: s\nsource_type: local\n`,
    [`${run}/outputs/${MODEL}/meta.yaml`]: `destination_id: ${MODEL}\ndestination_type: MODEL_OUTPUT\nsource_type: RUN_OUTPUT\nstep: 4\n`,
    [`${run}/artifacts/notes/a b.txt`]: 'hello',
    [`${experiment}/${RUN_2}/meta.yaml`]: `artifact_uri: file:///gone/mlruns/580715636637084034/${RUN_2}/artifacts\ndeleted_time: 40\nend_time: null\nexperiment_id: '580715636637084034'\nlifecycle_stage: deleted\nrun_uuid: ${RUN_2}\nstart_time: 20\nstatus: 1\nuser_id: root\n`,
    [`${experiment}/${RUN_2}/tags/mlflow.runName`]: 'old',
    [`${experiment}/models/${MODEL}/meta.yaml`]: `artifact_location: file:///gone/x\ncreation_timestamp: 12\nexperiment_id: '580715636637084034'\nlast_updated_timestamp: 13\nmodel_id: ${MODEL}\nmodel_type: null\nname: model\nsource_run_id: ${RUN_1}\nstatus: 2\n`,
    [`${experiment}/models/${MODEL}/metrics/mae`]: `21 0.3 2 ${RUN_1} my data abc\n`,
    [`${experiment}/models/${MODEL}/params/a`]: '1',
    [`${experiment}/models/${MODEL}/artifacts/model.onnx`]: 'onnx',
    [`${root}/.trash/7/meta.yaml`]: `artifact_location: ''\ncreation_time: 1\nexperiment_id: '7'\nlast_update_time: 2\nlifecycle_stage: active\nname: gone\n`,
    [`${root}/models/churn/meta.yaml`]: `creation_timestamp: 50\ndescription: the model\nlast_updated_timestamp: 51\nname: churn\n`,
    [`${root}/models/churn/tags/k`]: 'v',
    [`${root}/models/churn/aliases/best`]: '2',
    [`${root}/models/churn/version-1/meta.yaml`]: `creation_timestamp: 52\ncurrent_stage: Deleted_Internal\nlast_updated_timestamp: 53\nname: churn\nrun_id: ${RUN_1}\nsource: runs:/${RUN_1}/notes\nstatus: READY\nversion: 1\n`,
    [`${root}/models/churn/version-2/meta.yaml`]: `creation_timestamp: 54\ncurrent_stage: Production\ndescription: d\nlast_updated_timestamp: 55\nname: churn\nrun_id: ${RUN_1}\nsource: /gone/mlruns/580715636637084034/${RUN_1}/artifacts/notes\nstatus: READY\nversion: 2\n`,
    [`${root}/models/churn/version-3/meta.yaml`]: `creation_timestamp: 56\ncurrent_stage: None\nlast_updated_timestamp: 57\nmodel_id: ${MODEL}\nname: churn\nrun_id: ${RUN_1}\nsource: models:/${MODEL}\nstatus: READY\nversion: 3\n`,
  }
}
