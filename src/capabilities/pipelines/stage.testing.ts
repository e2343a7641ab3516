import { NO_HINTS } from './declaration/hints.ts'
import type { Stage, StageOut } from './schema.ts'

/** A stage for tests of decisions: what is not given is as in the shortest dvc.yaml. */
export function testStage(given: Partial<Stage> & Pick<Stage, 'name'>): Stage {
  return {
    file: 'dvc.yaml',
    address: given.name,
    group: null,
    isLiteral: true,
    cmd: 'true',
    wdir: '',
    deps: [],
    params: [],
    outs: [],
    frozen: false,
    alwaysChanged: false,
    desc: null,
    meta: null,
    hints: NO_HINTS,
    used: new Map(),
    ...given,
  }
}

export function testOut(given: Partial<StageOut> & Pick<StageOut, 'path'>): StageOut {
  return {
    kind: 'out',
    cache: true,
    persist: false,
    remote: null,
    push: true,
    flags: new Map(),
    ...given,
  }
}
