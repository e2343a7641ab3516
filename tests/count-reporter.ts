import type { Reporter, TestModule } from 'vitest/node'

/** Closes a run with `N passed, N failed`, which `.ci/run` adds up. A file that cannot be loaded counts as one failed. */
export const countReporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const states = tests.map((test) => test.result().state)
    const failed = states.filter((state) => state === 'failed').length
    const broken = modules.filter(cannotLoad).length + unhandledErrors.length
    const skipped = states.filter((state) => state === 'skipped').length
    if (skipped > 0) console.log(`${skipped} skipped`)
    const passed = states.filter((state) => state === 'passed').length
    console.log(`${passed} passed, ${failed + broken} failed`)
  },
}

function cannotLoad(module: TestModule): boolean {
  return module.errors().length > 0
}
