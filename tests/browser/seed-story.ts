/** What the story left behind. */
export interface Story {
  readonly experiment: string
  readonly runs: readonly string[]
  readonly child: string
  readonly model: string
}

const STEPS = 400

const MLMODEL = `flavors:
  python_function: { python_version: 3.12.1, loader_module: mlflow.sklearn }
  sklearn: { sklearn_version: 1.7.0 }
mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "age", "required": true}, {"type": "string", "name": "plan"}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}]'
`

const FILES: Readonly<Record<string, string>> = {
  'notes/report.md':
    '# Report\n\nBetter by **2 %**.\n\n<script>document.title = "taken"</script>\n',
  'rows.csv': `x,y\n${Array.from({ length: 250 }, (_, index) => `${index},${index * index}`).join('\n')}\n`,
  'figure.html': '<h1 id="said">Still</h1><script>said.textContent = "Moved"</script>',
  'metrics.json': '{"f1":0.9,"deep":{"a":[1,2]}}',
  'train.log': Array.from({ length: 60 }, (_, index) => `epoch ${index} done`).join('\n'),
  'model/MLmodel': MLMODEL,
}

/** Of the second run: like those of the first, but not quite. */
const OTHER_FILES: Readonly<Record<string, string>> = {
  'metrics.json': '{ "deep": { "a": [1, 3] }, "f1": 0.85 }',
  'train.log': `${FILES['train.log'] ?? ''}\nstopped early`,
}

/** Three runs with histories, files and a model, logged through MLflow's own protocol. */
export async function tellStory(url: string): Promise<Story> {
  const post = async <Answer>(path: string, body: object): Promise<Answer> => {
    const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return (await response.json()) as Answer
  }
  const { experiment_id: experiment } = await post<{ experiment_id: string }>(
    'experiments/create',
    { name: 'churn/baseline' },
  )
  const start = async (name: string, tags: readonly { key: string; value: string }[] = []) => {
    const { run } = await post<{ run: { info: { run_id: string } } }>('runs/create', {
      experiment_id: experiment,
      run_name: name,
      start_time: Date.now() - 3_600_000,
      tags,
    })
    return run.info.run_id
  }
  const runs: string[] = []
  for (const [index, name] of ['forest', 'logistic', '<img src=x onerror=alert(1)>'].entries()) {
    const id = await start(name, [
      { key: 'mlflow.source.git.commit', value: '3fa91c0d3fa91c0d3fa91c0d3fa91c0d3fa91c0d' },
      { key: 'dvc.lock', value: 'stages:\n  train:\n    deps: []\n' },
      { key: 'team', value: index === 0 ? 'growth' : 'core' },
    ])
    runs.push(id)
    await post('runs/log-batch', {
      run_id: id,
      params: [
        { key: 'depth', value: String(2 + index) },
        { key: 'model', value: name },
        { key: 'seed', value: '7' },
      ],
      metrics: [{ key: 'f1', value: 0.8 + index / 20, timestamp: Date.now(), step: 0 }],
    })
    await post('runs/log-batch', {
      run_id: id,
      metrics: Array.from({ length: STEPS }, (_, step) => ({
        key: 'loss',
        value: Math.exp(-step / 90) * (1 + index / 5) + 0.02 * Math.sin(step * 1.7 + index),
        timestamp: Date.now() - (STEPS - step) * 1000,
        step,
      })),
    })
    await post('runs/update', { run_id: id, status: 'FINISHED', end_time: Date.now() })
  }
  const [first = '', second = ''] = runs
  const child = await start('fold-0', [{ key: 'mlflow.parentRunId', value: first }])
  const upload = async (run: string, files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, body] of Object.entries(files)) {
      const folder = `${url}/api/2.0/mlflow-artifacts/artifacts/${experiment}/${run}/artifacts`
      await fetch(`${folder}/${path}`, { method: 'PUT', body })
    }
  }
  await upload(first, FILES)
  await upload(second, OTHER_FILES)
  await post('registered-models/create', {
    name: 'churn_model',
    description: 'Who *leaves* within 30 days.',
  })
  for (const id of runs.slice(0, 2))
    await post('model-versions/create', {
      name: 'churn_model',
      run_id: id,
      source: `mlflow-artifacts:/${experiment}/${id}/artifacts/model`,
    })
  return { experiment, runs, child, model: 'churn_model' }
}
