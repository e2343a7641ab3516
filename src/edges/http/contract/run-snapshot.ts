import { z } from 'zod'
import { listOf, timestampSchema } from './values.ts'

/** The project as it was when the run started. */
export const runSnapshotSchema = z.object({
  /** One state of the project, however many runs started in it. */
  id: z.string(),
  commit: z.string(),
  /** The script, from the project's root. */
  script: z.string(),
  /**
   * By its full path; because a file of this name is here at the commit that the client named; or because a kernel of
   * Jupyter runs in the folder of this notebook.
   */
  matched_by: z.enum(['path', 'commit', 'kernel']),
  /** When the project was looked at: moments after the start. */
  at: timestampSchema,
  /** Tracked files that differed from the commit; the first of `changed_count`. */
  changed: listOf(z.string()),
  changed_count: z.number().int(),
  /** Files that Git does not know, by name alone; the first of `untracked_count`. */
  untracked: listOf(z.string()),
  untracked_count: z.number().int(),
  /** What the changed files differed in. Null: more than is kept. */
  diff: z.string().nullable(),
  /** What `dvc.lock` and `.dvc` files said of the data; the first of `data_count`. */
  data: listOf(z.object({ path: z.string(), md5: z.string() })),
  data_count: z.number().int(),
})
export type RunSnapshot = z.infer<typeof runSnapshotSchema>

/** What the run says of where it ran, by its client and the models that it logged. */
export const clientEnvironmentSchema = z.object({
  /** What the client calls itself, such as `mlflow-python-client/3.17.2`. */
  client: z.string().nullable(),
  mlflow_version: z.string().nullable(),
  python_version: z.string().nullable(),
  /** The lines of the model's `requirements.txt`. */
  requirements: listOf(z.string()),
  /** The logged model or the folder of files that says so; null when the run logged none. */
  from: z.string().nullable(),
})
export type ClientEnvironment = z.infer<typeof clientEnvironmentSchema>

export const runLineageSchema = z.object({
  /** In one sentence, also why there is no snapshot. */
  sentence: z.string(),
  snapshot: runSnapshotSchema.nullable(),
  environment: clientEnvironmentSchema,
})
export type RunLineage = z.infer<typeof runLineageSchema>
