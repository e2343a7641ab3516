import { expect, test } from 'vitest'
import { describeStage } from './stage-list.ts'

const NOTHING = { desc: null, deps: [], outs: [] }

// Each text is what `dvc stage list` (3.67.1) prints.
test.each([
  [NOTHING, 'No outputs or dependencies'],
  [{ ...NOTHING, deps: ['train.py', 'params.yaml'] }, 'Depends on train.py, params.yaml'],
  [
    {
      ...NOTHING,
      deps: ['train.py'],
      outs: [
        { path: 'm.json', kind: 'metric' as const },
        { path: 'model', kind: 'out' as const },
      ],
    },
    'Outputs model; Reports m.json',
  ],
  [{ ...NOTHING, desc: '\n  first \nsecond' }, 'first'],
  [{ ...NOTHING, desc: 'x'.repeat(81) }, `${'x'.repeat(79)}…`],
])('what a stage is for: %j', (stage, text) => {
  expect(describeStage(stage)).toBe(text)
})
