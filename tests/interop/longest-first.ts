import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Minutes each. A machine that has never run them knows only how large the files are, and some of these are the smallest. */
const LONG = [
  'interop/retraining-kills.test.ts',
  'interop/dvc-fixtures.test.ts',
  'interop/repro-kills.test.ts',
  'interop/data-kills.test.ts',
  'interop/tracking-faults.test.ts',
  'browser/product.test.ts',
]

/** Begins with what takes longest, so that at the end no file runs alone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const place = LONG.findIndex((end) => moduleId.endsWith(end))
  return place === -1 ? LONG.length : place
}
