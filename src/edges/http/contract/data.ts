import { z } from 'zod'
import { listOf, timestampSchema } from './values.ts'

/** How a data set stands in the workspace. `missing`: neither there nor in the cache. `new`: nothing was recorded yet. */
export const dataStateSchema = z.enum(['unchanged', 'modified', 'deleted', 'missing', 'new'])
export type DataState = z.infer<typeof dataStateSchema>

/** The last check against the data contract. */
export const contractStandingSchema = z.object({
  report_id: z.string(),
  verdict: z.enum(['passed', 'failed']),
  failures: z.number().int(),
  checks: z.number().int(),
  at: timestampSchema,
  file: z.string(),
})
export type ContractStanding = z.infer<typeof contractStandingSchema>

export const dataSetSchema = z.object({
  path: z.string(),
  /** A `.dvc` file, or `dvc.yaml:train`. */
  declared_by: z.string(),
  kind: z.enum(['data', 'stage', 'import']),
  state: dataStateSchema,
  md5: z.string().nullable(),
  size: z.number().nullable(),
  nfiles: z.number().int().nullable(),
  /** How many versions the history of Git tells of. */
  versions: z.number().int(),
  changed_at: timestampSchema.nullable(),
  commit: z.string().nullable(),
  /** Models that are trained on it, as ratchet.yaml says. */
  models: listOf(z.string()),
  contract: z.string().nullable(),
  checked: contractStandingSchema.nullable(),
})
export type DataSet = z.infer<typeof dataSetSchema>

export const dataSetListSchema = z.object({ items: listOf(dataSetSchema) })
export type DataSetList = z.infer<typeof dataSetListSchema>

export const dataPathQuerySchema = z.object({ path: z.string().min(1) })

export const trainedOnItSchema = z.object({
  model: z.string(),
  version: z.number().int(),
  is_champion: z.boolean(),
})

/** A content that the data set had. `commit` is null for one that only a run recorded. */
export const dataVersionSchema = z.object({
  md5: z.string(),
  size: z.number(),
  nfiles: z.number().int().nullable(),
  /** Of a table that can be read here. */
  rows: z.number().int().nullable(),
  commit: z.string().nullable(),
  at: timestampSchema,
  author: z.string().nullable(),
  message: z.string().nullable(),
  /** Names that people gave it, as tags of Git. */
  names: listOf(z.string()),
  /** The run of the pipeline that recorded it. */
  caused_by: z.string().nullable(),
  is_now: z.boolean(),
  is_cached: z.boolean(),
  models: listOf(trainedOnItSchema),
  runs: listOf(z.string()),
})
export type DataVersion = z.infer<typeof dataVersionSchema>

export const dataColumnSchema = z.object({ name: z.string(), type: z.string() })

/**
 * One data set whole; the newest version first. `columns` is null for what is no table, and for one that cannot be read:
 * `fault` then says why.
 */
export const dataSetDetailSchema = z.object({
  set: dataSetSchema,
  rows: z.number().int().nullable(),
  columns: listOf(dataColumnSchema).nullable(),
  fault: z.string().nullable(),
  versions: listOf(dataVersionSchema),
})
export type DataSetDetail = z.infer<typeof dataSetDetailSchema>

/** `from` and `to` are MD5s of versions; without `to`, the workspace. */
export const dataDiffQuerySchema = dataPathQuerySchema.extend({
  from: z.string().min(1),
  to: z.string().min(1).optional(),
})

const spreadSchema = z.object({
  nulls: z.number().int(),
  distinct: z.number().int(),
  mean: z.number().nullable(),
  std: z.number().nullable(),
  min: z.string().nullable(),
  max: z.string().nullable(),
})
export type DataSpread = z.infer<typeof spreadSchema>

const sidesOf = <Side extends z.ZodType>(side: Side) => z.object({ from: side, to: side })

/** Two versions compared. `table` is null where one of them is no table, or cannot be read: `fault` then says why. */
export const dataDiffSchema = z.object({
  from: z.string(),
  to: z.string(),
  same: z.boolean(),
  fault: z.string().nullable(),
  table: z
    .object({
      rows: sidesOf(z.number().int()),
      only_in: sidesOf(z.number().int()).nullable(),
      added_columns: listOf(z.string()),
      removed_columns: listOf(z.string()),
      types: listOf(z.object({ column: z.string(), from: z.string(), to: z.string() })),
      columns: listOf(z.object({ column: z.string(), from: spreadSchema, to: spreadSchema })),
    })
    .nullable(),
})
export type DataDiff = z.infer<typeof dataDiffSchema>

/** One column of both, as shares of their rows: of numbers in common bins, of others by value, the most frequent first. */
export const dataSpreadQuerySchema = dataDiffQuerySchema.extend({ column: z.string().min(1) })
export const dataOverlaySchema = z.object({
  column: z.string(),
  kind: z.enum(['number', 'value']),
  bins: listOf(z.object({ label: z.string(), from: z.number(), to: z.number() })),
})
export type DataOverlay = z.infer<typeof dataOverlaySchema>

export const checkReportSchema = z.object({
  id: z.string(),
  verdict: z.enum(['passed', 'failed']),
  file: z.string(),
  contract: z.string(),
  rows: z.number().int(),
  at: timestampSchema,
  failures: z.number().int(),
  caused_by: z.string().nullable(),
  checks: listOf(
    z.object({
      check: z.string(),
      column: z.string().nullable(),
      verdict: z.enum(['passed', 'failed']),
      expected: z.string(),
      message: z.string(),
      failing: z.number().int(),
      /** The first rows that break it; they count from 1, without the header. */
      examples: listOf(
        z.object({ row: z.number().int(), column: z.string(), value: z.string().nullable() }),
      ),
    }),
  ),
})
export type CheckReport = z.infer<typeof checkReportSchema>
export const checkReportListSchema = z.object({ items: listOf(checkReportSchema) })
export type CheckReportList = z.infer<typeof checkReportListSchema>

/** What the remote lacks or alone has. `new`: only here. `deleted`: only there. `missing`: neither. */
export const remoteStandingSchema = z.object({
  items: listOf(z.object({ path: z.string(), state: z.enum(['new', 'deleted', 'missing']) })),
})
export type RemoteStanding = z.infer<typeof remoteStandingSchema>

/** What MinIO, and S3 through a function of its owner, send when an object has come; of theirs only the name is read. */
const storeRecordSchema = z.object({
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    /** Encoded as in a URL. */
    object: z.object({ key: z.string() }),
  }),
})

/** Files that have come: `addresses` (`s3://sales/weekly/3.parquet`, or a path from the project), or events of a store. */
export const dataNoticeSchema = z.object({
  addresses: listOf(z.string().max(4096)).default([]),
  Records: listOf(storeRecordSchema).default([]),
})
export type DataNotice = z.input<typeof dataNoticeSchema>

/** The patterns of ratchet.yaml that are looked at for it, in a moment. */
export const dataNoticedSchema = z.object({ looks: listOf(z.string()) })
export type DataNoticed = z.infer<typeof dataNoticedSchema>
