import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ParamFiles } from './param-files.ts'
import { type TestProject, testProject } from './project.testing.ts'

let project: TestProject
let file: string
beforeEach(() => {
  project = testProject()
  file = join(project.root, 'params.yaml')
})
afterEach(() => project.remove())

const settle = () => new Promise((resolve) => setTimeout(resolve, 40))

test('a file is parsed once for as long as it is the same, and anew when it changed', async () => {
  const files = new ParamFiles()
  project.write('params.yaml', 'lr: 1\n')
  await settle()
  const first = files.read(file, 'params.yaml')
  expect(files.read(file, 'params.yaml')).toBe(first)
  project.write('params.yaml', 'lr: 2\n')
  expect(files.read(file, 'params.yaml').get('lr')).toBe(2)
})

test('a change that leaves size and time of the last is seen', async () => {
  const files = new ParamFiles()
  project.write('params.yaml', 'lr: 1\n')
  utimesSync(file, 1, 1)
  await settle()
  files.read(file, 'params.yaml')
  project.write('params.yaml', 'lr: 2\n')
  utimesSync(file, 1, 1)
  expect(files.read(file, 'params.yaml').get('lr')).toBe(2)
})

test('a file that was written a moment ago is not believed to stay', () => {
  const files = new ParamFiles()
  for (const lr of [1, 2, 3]) {
    project.write('params.yaml', `lr: ${lr}\n`)
    expect(files.read(file, 'params.yaml').get('lr')).toBe(lr)
  }
})
