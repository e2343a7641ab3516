import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFixture } from './by-dvc.ts'
import { fixtureFile, fixtureText } from './fixture.ts'
import { SCENARIOS } from './scenarios.ts'

// `node tests/dvc-fixtures/make.ts` writes tests/fixtures/dvc: what the real DVC makes of each scenario.
for (const scenario of SCENARIOS) {
  const file = fixtureFile(scenario.name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, fixtureText(await makeFixture(scenario)))
  console.log(file)
}
