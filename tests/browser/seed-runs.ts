import { DatabaseSync } from 'node:sqlite'

/** Of the experiment that is filled. */
export const SWEEP = { id: '77', name: 'vision/resnet/sweep' } as const

const COUNT = 'with recursive n(i) as (select 0 union all select i + 1 from n where i < ? - 1)'
const METRICS = ['loss', 'accuracy', 'val/loss', 'val/accuracy', 'f1', 'recall']
const PARAMS = ['model', 'depth', 'lr', 'batch', 'seed', 'augment']

/**
 * Writes very many finished runs at once into the database of a project that is not running: through the front
 * door it would take a minute, and how they came in is not what is looked at.
 */
export function seedRuns(file: string, runs: number): void {
  const db = new DatabaseSync(file)
  try {
    db.exec('begin')
    db.prepare(
      `insert into tracking_experiments (id, name, artifact_location, lifecycle, created_at, updated_at)
       values (?, ?, ?, 'active', 1000, 1000)`,
    ).run(Number(SWEEP.id), SWEEP.name, `mlflow-artifacts:/${SWEEP.id}`)
    db.prepare(
      `${COUNT} insert into tracking_runs (id, experiment_id, name, user_id, status, start_time, end_time, lifecycle, artifact_uri)
       select printf('%032x', i + 4096), ${SWEEP.id}, printf('sweep-%06d', i), 'ada',
         case when i % 97 = 0 then 'FAILED' else 'FINISHED' end,
         1700000000000 + i * 60000, 1700000030000 + i * 60000, 'active', 'mlflow-artifacts:/${SWEEP.id}/' || i from n`,
    ).run(runs)
    for (const [place, key] of METRICS.entries()) {
      db.prepare('insert or ignore into tracking_keys (key) values (?)').run(key)
      const value = `(abs((i * ${7919 + place * 131}) % 100003) / 100003.0)`
      const at = '1700000000000 + i * 60000'
      db.prepare(
        `${COUNT} insert into tracking_points (run, key, step, at, value, is_nan)
         select run.seq, name.id, 10, ${at}, ${value}, 0 from n
         join tracking_runs as run on run.id = printf('%032x', i + 4096)
         join tracking_keys as name on name.key = ?`,
      ).run(runs, key)
      db.prepare(
        `${COUNT} insert into tracking_series (run, key, experiment, started, step, at, value, is_nan, lowest, highest, logged, in_order)
         select run.seq, name.id, run.experiment_id, run.start_time, 10, ${at}, ${value}, 0, ${value}, ${value}, 1, 1 from n
         join tracking_runs as run on run.id = printf('%032x', i + 4096)
         join tracking_keys as name on name.key = ?`,
      ).run(runs, key)
    }
    for (const [place, key] of PARAMS.entries())
      db.prepare(
        `${COUNT} insert into tracking_params (run_id, key, value)
         select printf('%032x', i + 4096), ?, case ${place}
           when 0 then case i % 3 when 0 then 'resnet18' when 1 then 'resnet50' else 'vit' end
           else '' || (i * ${place + 3}) % ${place * 17 + 5} end from n`,
      ).run(runs, key)
    db.prepare(
      `${COUNT} insert into tracking_tags (run_id, key, value)
       select printf('%032x', i + 4096), 'mlflow.runName', printf('sweep-%06d', i) from n`,
    ).run(runs)
    db.exec('commit')
    db.exec('analyze')
  } finally {
    db.close()
  }
}
