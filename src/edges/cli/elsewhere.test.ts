import { Command } from 'commander'
import { expect, test } from 'vitest'
import { registerVerbsElsewhere, VERBS_ELSEWHERE } from './elsewhere.ts'
import { commandGroups } from './verbs.ts'

// The verbs of `dvc --help`, 3.67.1.
const DVC =
  'add artifacts cache check-ignore checkout commit completion config dag data pull push fetch status destroy diff du experiments exp freeze unfreeze gc get get-url import import-db import-url init install list ls list-url ls-url metrics move mv params plots queue remote remove rm repro root stage studio unprotect update doctor dataset'.split(
    ' ',
  )

test('every verb of DVC is answered', () => {
  const known = commandGroups.flatMap(({ verbs, aliases = [] }) => [
    ...Object.keys(verbs),
    ...aliases,
  ])
  expect(DVC.filter((verb) => !known.includes(verb))).toEqual([])
})

test.each(Object.keys(VERBS_ELSEWHERE))(
  '%s says what to use instead, whatever is asked',
  async (verb) => {
    const program = new Command().exitOverride()
    registerVerbsElsewhere(program)
    const answer = program.parseAsync([verb, 'run', '--set', 'a=1'], { from: 'user' })
    await expect(answer).rejects.toMatchObject({
      code: 'CLI_ELSEWHERE',
      next: VERBS_ELSEWHERE[verb],
    })
  },
)
