import { servingErrors } from './errors.ts'
import type { Dimension, ModelSignature, Tensor, TensorSpec } from './tensors.ts'

/**
 * The request's tensors in the model's order. Throws SERVING_INPUT_MISMATCH with the tensor's name on one
 * that is missing, unknown, twice, of another datatype or shape, or that disagrees on a named dimension.
 */
export function bindInputs(
  specs: readonly TensorSpec[],
  tensors: readonly Tensor[],
): readonly Tensor[] {
  const sizes = new Map<string, number>()
  const bound = specs.map((spec) => {
    const tensor = tensors.find((candidate) => candidate.name === spec.name)
    if (tensor === undefined)
      throw mismatch(spec.name, `is missing; the model declares ${describe(spec)}`)
    if (tensor.datatype !== spec.datatype)
      throw mismatch(spec.name, `is ${tensor.datatype}; the model declares ${describe(spec)}`)
    const problem = shapeProblem(spec.shape, tensor.shape, sizes)
    if (problem !== null) throw mismatch(spec.name, problem)
    return tensor
  })
  if (tensors.length > bound.length) throw mismatch(surplus(specs, tensors), surplusText(specs))
  return bound
}

function surplus(specs: readonly TensorSpec[], tensors: readonly Tensor[]): string {
  const unknown = tensors.find((tensor) => !specs.some((spec) => spec.name === tensor.name))
  return (unknown ?? tensors.at(-1))?.name ?? ''
}

function surplusText(specs: readonly TensorSpec[]): string {
  const names = specs.map((spec) => spec.name).join(', ')
  return `is not an input of the model or is given twice; its inputs are ${names}`
}

function mismatch(name: string, problem: string) {
  const shown = name.slice(0, 100)
  return servingErrors.SERVING_INPUT_MISMATCH({
    detail: `input ${JSON.stringify(shown)} ${problem}`,
    path: `inputs.${shown}`,
  })
}

function describe({ datatype, shape }: TensorSpec): string {
  return `${datatype} [${shape.map((size) => (size === '' ? -1 : size)).join(', ')}]`
}

/** `sizes` carries what each named dimension was so far. */
function shapeProblem(
  declared: readonly Dimension[],
  found: readonly number[],
  sizes: Map<string, number>,
): string | null {
  const wrong = `has shape [${found.join(', ')}], declared [${declared.map((size) => (typeof size === 'string' ? -1 : size)).join(', ')}]`
  if (declared.length !== found.length) return wrong
  for (const [axis, size] of found.entries()) {
    const expected = declared[axis]
    if (typeof expected === 'number' && expected !== size) return wrong
    if (typeof expected !== 'string' || expected === '') continue
    const before = sizes.get(expected)
    if (before !== undefined && before !== size)
      return `has ${size} for the dimension ${expected}, where another input has ${before}`
    sizes.set(expected, size)
  }
  return null
}

/** Sizes of the named dimensions in this request. */
function namedSizes(specs: readonly TensorSpec[], tensors: readonly Tensor[]): Map<string, number> {
  const sizes = new Map<string, number>()
  specs.forEach((spec, index) => {
    shapeProblem(spec.shape, tensors[index]?.shape ?? [], sizes)
  })
  return sizes
}

/**
 * What is wrong with a new version's answer, or `null`: a shape that it did not declare, another number of
 * rows than was asked, or values that are not finite numbers.
 */
export function outputProblem(
  signature: ModelSignature,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
): string | null {
  const sizes = namedSizes(signature.inputs, inputs)
  for (const spec of signature.outputs) {
    const output = outputs.find((candidate) => candidate.name === spec.name)
    if (output === undefined) return `output ${spec.name} is missing`
    const problem = shapeProblem(spec.shape, output.shape, sizes)
    if (problem !== null) return `output ${spec.name} ${problem}`
    const { data } = output
    if (data instanceof Float32Array || data instanceof Float64Array)
      for (const value of data)
        if (!Number.isFinite(value)) return `output ${spec.name} has ${value}`
  }
  return null
}

/** Why a new version cannot stand in for the champion, or `null`. It may ask for fewer inputs, not for others. */
export function incompatibility(champion: ModelSignature, other: ModelSignature): string | null {
  for (const spec of other.inputs) {
    const same = champion.inputs.find((candidate) => candidate.name === spec.name)
    if (same === undefined) return `it asks for input ${spec.name}, which the champion does not`
    if (differs(same, spec))
      return `its input ${spec.name} is ${describe(spec)}, not ${describe(same)}`
  }
  for (const spec of champion.outputs) {
    const same = other.outputs.find((candidate) => candidate.name === spec.name)
    if (same === undefined) return `it lacks output ${spec.name}`
    if (differs(same, spec))
      return `its output ${spec.name} is ${describe(same)}, not ${describe(spec)}`
  }
  return null
}

function differs(a: TensorSpec, b: TensorSpec): boolean {
  if (a.datatype !== b.datatype || a.shape.length !== b.shape.length) return true
  return a.shape.some((size, axis) => {
    const other = b.shape[axis]
    return typeof size === 'number' && typeof other === 'number' && size !== other
  })
}
