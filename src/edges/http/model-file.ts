import { z } from 'zod'
import { parseJson } from '../../base/json.ts'
import { parseYaml } from '../../base/yaml.ts'
import type { ModelField, ModelFile } from './contract.ts'
import { httpErrors } from './errors.ts'

const signatureSchema = z.looseObject({
  inputs: z.string().nullish(),
  outputs: z.string().nullish(),
  params: z.string().nullish(),
})

/** What MLflow writes into MLmodel, as far as it is shown: mlflow/models/model.py. */
const fileSchema = z.looseObject({
  flavors: z.record(z.string(), z.looseObject({})).default({}),
  signature: signatureSchema.nullish(),
  mlflow_version: z.string().nullish(),
  utc_time_created: z.string().nullish(),
  model_id: z.string().nullish(),
  model_size_bytes: z.number().nullish(),
})

/** @throws REQUEST_INVALID where it is no such file */
export function parseModelFile(text: string, path: string): ModelFile {
  const parsed = parseYaml(text, fileSchema)
  if (!parsed.ok) {
    const { line, column, message } = parsed.problem
    throw httpErrors.REQUEST_INVALID({
      detail: `It is no MLmodel file: line ${line}, column ${column}: ${message}`,
      path,
    })
  }
  const { flavors, signature, ...file } = parsed.value
  return {
    flavors: Object.entries(flavors).map(([name, facts]) => ({ name, version: versionOf(facts) })),
    inputs: fields(signature?.inputs),
    outputs: fields(signature?.outputs),
    params: fields(signature?.params),
    has_signature: signature != null,
    mlflow_version: file.mlflow_version ?? null,
    python_version: textOf(flavors['python_function']?.['python_version']),
    created: file.utc_time_created ?? null,
    model_id: file.model_id ?? null,
    size: file.model_size_bytes ?? null,
  }
}

/** `sklearn_version`, `xgb_version`, `onnx_version`: each flavor names its own. */
function versionOf(facts: Readonly<Record<string, unknown>>): string | null {
  const found = Object.entries(facts).find(
    ([key]) => key.endsWith('_version') && key !== 'python_version',
  )
  return textOf(found?.[1])
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

const columnSchema = z.looseObject({
  name: z.string().nullish(),
  type: z.unknown().optional(),
  dtype: z.string().optional(),
  required: z.boolean().optional(),
  shape: z.array(z.number()).nullish(),
  'tensor-spec': z.looseObject({ dtype: z.string(), shape: z.array(z.number()) }).optional(),
})

/** A schema is JSON within the YAML: columns with a type, or tensors. */
function fields(json: string | null | undefined): readonly ModelField[] {
  const parsed = z.array(columnSchema).safeParse(json == null ? [] : parseJson(json))
  if (!parsed.success) return []
  return parsed.data.map((column) => {
    const tensor = column['tensor-spec']
    return {
      name: column.name ?? null,
      type: tensor?.dtype ?? typeName(column.type ?? column.dtype),
      required: column.required ?? true,
      shape: tensor?.shape ?? column.shape ?? null,
    }
  })
}

function typeName(type: unknown): string {
  return typeof type === 'string' ? type : JSON.stringify(type ?? 'unknown')
}
