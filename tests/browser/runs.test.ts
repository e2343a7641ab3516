import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launch, LOOKS, openTab, overflow, screenshotOf, seriousFindings } from './browser.ts'
import { type RunningProject, startProject } from './running-project.ts'
import { type Story, tellStory } from './seed-story.ts'
import { settled } from './walk.ts'

const [WIDE = { width: 1400, scheme: 'light' as const }] = LOOKS

describe('the pages of a run and its charts', () => {
  let browser: Browser
  let project: RunningProject
  let story: Story

  beforeAll(async () => {
    project = await startProject(() => {})
    story = await tellStory(project.url)
    browser = await launch()
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await project?.close()
  })

  const open = async (path: string, look = WIDE) => {
    const tab = await openTab(browser, project.url, look)
    onTestFinished(tab.close)
    await tab.page.goto(path)
    await settled(tab.page)
    return tab
  }

  it.each(LOOKS)('are whole and accessible, $scheme at $width', async (look) => {
    const [first = ''] = story.runs
    const { page, faults } = await open('/experiments', look)
    const pages = {
      run: `/runs/${first}?file=notes/report.md`,
      lines: `/experiments/${story.experiment}?chart=lines`,
      scatter: `/experiments/${story.experiment}?chart=scatter&colour=params.model`,
      parallel: `/experiments/${story.experiment}?chart=parallel`,
      bars: `/experiments/${story.experiment}?chart=bars`,
      compare: `/compare?runs=${encodeURIComponent(JSON.stringify(story.runs))}`,
    }
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path)
      await settled(page)
      if (name !== 'compare') await page.locator('canvas').first().waitFor()
      expect(await seriousFindings(page), path).toEqual([])
      expect(await overflow(page), path).toBeLessThanOrEqual(0)
      await page.screenshot({ path: screenshotOf(`/${name}`, look), fullPage: true })
    }
    expect(faults).toEqual([])
  })

  it('shows what went in and out, and files as what they are', async () => {
    const [first = ''] = story.runs
    const { page, faults } = await open(`/runs/${first}`)
    await page.getByRole('region', { name: 'Params' }).getByText('depth').waitFor()
    await page.getByRole('link', { name: 'fold-0' }).waitFor()
    await page.getByText('3fa91c0d').first().waitFor()
    const files = page.getByRole('navigation', { name: 'Files' })
    await files.getByRole('button', { name: 'rows.csv' }).click()
    await page.getByText('Rows 1 to 100 of 250').waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Rows 101 to 200 of 250').waitFor()
    await files.getByRole('button', { name: 'notes/' }).click()
    await files.getByRole('button', { name: 'report.md' }).click()
    await page.locator('.markdown').getByText('<script>').waitFor()
    expect(await page.title()).toBe('forest · Ratchet')
    await files.getByRole('button', { name: 'model/' }).click()
    await files.getByRole('button', { name: 'MLmodel' }).click()
    await page.getByRole('region', { name: 'Inputs' }).getByText('age').waitFor()
    await page.reload()
    await page.getByRole('region', { name: 'Outputs' }).getByText('float32').waitFor()
    expect(faults).toEqual([])
  })

  it('frames markup, whose scripts run only when asked for, and reach nothing', async () => {
    const [first = ''] = story.runs
    const { page } = await open(`/runs/${first}?file=figure.html`)
    const frame = page.frameLocator('iframe')
    expect(await frame.locator('h1').textContent()).toBe('Still')
    await page.getByRole('button', { name: 'Run its scripts' }).click()
    await frame.getByText('Moved').waitFor()
    const origin = await page.frames().at(-1)?.evaluate('self.origin')
    expect(origin).toBe('null')
  })

  it('draws smoothed lines with the figures behind them, and keeps the look in the address', async () => {
    const { page, faults } = await open(`/experiments/${story.experiment}`)
    await page.getByRole('button', { name: 'Charts' }).click()
    await page.locator('canvas').first().waitFor()
    await page.getByRole('slider').fill('0.6')
    await page.getByRole('button', { name: 'Log', exact: true }).click()
    await page.getByLabel('Along').selectOption('relative')
    await page.waitForURL(/smooth=0\.6/)
    await page.getByText('The same as a table').last().click()
    await page.getByRole('region', { name: 'Points' }).getByRole('row').nth(1).waitFor()
    await page.reload()
    await page.locator('canvas').first().waitFor()
    expect(await page.getByRole('slider').inputValue()).toBe('0.6')
    expect(await page.locator('main img').count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('shows a run moving that is being written', async () => {
    const { page } = await open(`/runs/${story.child}`)
    await page.getByText('No metric was logged.').waitFor()
    const log = (step: number) =>
      fetch(`${project.url}/api/2.0/mlflow/runs/log-metric`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          run_id: story.child,
          key: 'live',
          value: step,
          timestamp: Date.now(),
          step,
        }),
      })
    await log(1)
    const metrics = page.getByRole('region', { name: 'Metrics' })
    await metrics.getByRole('row', { name: /live 1\s*1/ }).waitFor()
    await log(2)
    await metrics.getByRole('row', { name: /live 2\s*2/ }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})
