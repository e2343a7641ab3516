import { Command } from 'commander'
import { expect, test } from 'vitest'
import { splitStageCommand, STAND_ALONE } from './command-of-stage.ts'
import type { CliContext } from './context.ts'
import { registerStageCommands } from './pipelines-stages.ts'

const split = (line: string) => splitStageCommand(line.split(' '))

test('the words of the command are not ours', () => {
  expect(split('stage add -n x -d a.py --json python a.py --json --dir out -q')).toEqual({
    own: ['stage', 'add', '-n', 'x', '-d', 'a.py', '--json'],
    command: ['python', 'a.py', '--json', '--dir', 'out', '-q'],
  })
  expect(split('--dir s stage add -nx --deps=a -f -o b -- -tool --json')).toEqual({
    own: ['--dir', 's', 'stage', 'add', '-nx', '--deps=a', '-f', '-o', 'b'],
    command: ['-tool', '--json'],
  })
})

test('other verbs keep their words', () => {
  for (const line of ['repro --json', 'add stage add --json', 'stage list --json', 'status'])
    expect(split(line)).toEqual({ own: line.split(' '), command: [] })
})

test('what stands alone is what the verb declares so', () => {
  const program = new Command()
  registerStageCommands(program, {} as CliContext, () => {
    throw new Error('nothing runs')
  })
  const add = program.commands
    .find((one) => one.name() === 'stage')
    ?.commands.find((one) => one.name() === 'add')
  const declared = (add?.options ?? []).flatMap((option) =>
    [option.short, option.long].flatMap((flag) =>
      flag === undefined || flag === null ? [] : [{ flag, alone: !option.required }],
    ),
  )
  expect(declared.length).toBeGreaterThan(20)
  for (const { flag, alone } of declared)
    expect([flag, STAND_ALONE.has(flag)]).toEqual([flag, alone])
})
