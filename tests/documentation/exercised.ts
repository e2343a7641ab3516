export interface Exercise {
  /** The command as a reader sees it, or what all such commands match. */
  readonly command: string | RegExp
  /** What runs it: a file and words that stand in it, such as a test's title. */
  readonly file: string
  readonly words: string
}

/** What proves that a command in README.md or docs/ works. A command that nothing here matches fails the test. */
export const EXERCISED: readonly Exercise[] = [
  { command: 'npm ci', file: '.ci/run', words: 'npm ci' },
  { command: 'npm ci && npm test', file: '.ci/run', words: 'npm test' },
  { command: 'npm test', file: '.ci/run', words: 'npm test' },
  { command: 'npm run test:interop', file: '.ci/run', words: 'npm run test:interop' },
  { command: 'npm run test:demo', file: '.ci/run', words: 'npm run test:demo' },
  { command: 'npm run check', file: '.ci/run', words: 'npm run check' },
  {
    command: 'npm ci && npm run demo',
    file: 'tests/interop/demo.test.ts',
    words: "['run', 'demo'",
  },
  { command: 'npm run bench', file: '.ci/run', words: 'npm run bench' },
  { command: 'bash .ci/run', file: '.ci/run', words: 'passed' },
]
