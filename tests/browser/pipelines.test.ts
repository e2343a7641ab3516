import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LOOKS } from './browser.ts'
import { seedPipeline } from './seed-pipeline.ts'
import { expectWhole, tryProject } from './tried-project.ts'
import { settled } from './walk.ts'

describe('the pages of a pipeline of fifty stages', () => {
  const { open, project } = tryProject(seedPipeline)

  const firstRun = async (page: Page): Promise<string> => {
    const row = page.getByRole('region', { name: 'Runs' }).getByRole('link').first()
    return (await row.getAttribute('href')) ?? ''
  }

  it('says what would run and why, runs it, and follows the log', { timeout: 90_000 }, async () => {
    const { page, faults } = await open('/pipelines')
    await page.getByRole('heading', { level: 1, name: /of 46 stages would run/ }).waitFor()
    // From what is read along the arrows, by keyboard.
    const graph = page.getByRole('region', { name: 'Graph of stages' })
    await graph.getByRole('link', { name: /^data\/sales\.csv\.dvc/ }).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.waitForURL(/stage=prepare/)
    const changes = page.getByRole('table', { name: 'What changed' })
    expect(await changes.getByRole('row').nth(1).textContent()).toMatch(
      /^filedata\/sales\.csv[0-9a-f]{8}[0-9a-f]{8}$/,
    )
    await page.getByRole('button', { name: 'Run now' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('region', { name: 'Runs' }).getByRole('link').first().click()
    await page.waitForURL('**/pipelines/runs/*')
    await page.getByRole('heading', { level: 1, name: /stages ran for price/ }).waitFor()
    await page
      .getByRole('region', { name: 'Stages of the run' })
      .getByRole('link', { name: 'train' })
      .click()
    const log = page.getByRole('region', { name: 'Log', exact: true })
    await log.getByText('epoch 1 loss').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('epoch 42')
    await page.getByRole('status').filter({ hasText: '1 of 1 line' }).waitFor()
    await page.getByLabel('only these lines').check()
    await page.waitForURL(/find=epoch.*only=true/)
    // What a stage prints is text, never markup.
    await page.getByLabel('Search the log').fill('<b>one</b> row')
    await log.getByText('<b>one</b> row').last().waitFor()
    await page.getByRole('rowheader', { name: 'metrics.json mae' }).waitFor()
    await page.goBack()
    await page.goto('/pipelines')
    await settled(page)
    // All that the run brought up to date is now; what it was not asked for still waits.
    await page.getByRole('heading', { level: 1, name: /would run/ }).waitFor()
    await graph.getByRole('link', { name: /^score/ }).click()
    await page.waitForURL(/open=/)
    await graph.getByRole('link', { name: /^score@r40/ }).waitFor()
    expect(faults).toEqual([])
  })

  it('shows what was run in a shell, stage by stage', async () => {
    const { page, faults } = await open('/pipelines')
    const runs = page.getByRole('region', { name: 'Runs' })
    const row = runs.getByRole('row', { name: /a shell/ }).last()
    await row.getByText('ratchet repro').waitFor()
    await row.getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: '46 stages ran in a shell' }).waitFor()
    const stages = page.getByRole('region', { name: 'Stages of the run' })
    expect(await stages.locator('.bar.ran').count()).toBe(46)
    await stages.getByRole('link', { name: 'train' }).click()
    await page.getByRole('region', { name: 'Log', exact: true }).getByText('epoch 1 loss').waitFor()
    await page.getByText('exit code 0').waitFor()
    await page.getByText('In what it ran').click()
    await page.getByText('Shell', { exact: true }).waitFor()
    // It is ended where it was begun.
    expect(await page.getByRole('button', { name: 'Cancel the run' }).count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('cancels a run that is at work, after asking', async () => {
    const declared = join(project().folder, 'dvc.yaml')
    const before = readFileSync(declared, 'utf8')
    // A stage that would work for five minutes.
    writeFileSync(declared, before.replace('sleep 0.02', 'sleep 5'))
    onTestFinished(() => writeFileSync(declared, before))
    const { page, faults } = await open('/pipelines')
    await page.getByRole('button', { name: 'Run now' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('region', { name: 'Runs' }).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: 'train is running for price' }).waitFor()
    await page.getByRole('button', { name: 'Cancel the run' }).click()
    await page.getByRole('button', { name: 'Let it run' }).click()
    await page.getByRole('button', { name: 'Cancel the run' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).click()
    await page.getByRole('heading', { level: 1, name: 'The run for price was cancelled' }).waitFor()
    const stages = page.getByRole('region', { name: 'Stages of the run' })
    await stages.getByRole('row', { name: /^train cancelled/ }).waitFor()
    expect(await page.getByRole('button', { name: 'Cancel the run' }).count()).toBe(0)
    expect(faults).toEqual([])
  })

  it.each(LOOKS)(
    'is whole and accessible, $scheme at $width',
    { timeout: 90_000 },
    async (look) => {
      const { page, faults } = await open('/pipelines', look)
      const run = await firstRun(page)
      for (const path of [
        '/pipelines',
        '/pipelines?stage=score@r07&open=["score"]',
        `${run}?stage=train&find=loss`,
      ]) {
        await page.goto(path)
        await settled(page)
        await page.waitForLoadState('networkidle')
        const name = path === run ? '/pipeline-run' : path.replace(/run_\w+/, 'run')
        await expectWhole(page, name, look)
      }
      expect(faults).toEqual([])
    },
  )
})
