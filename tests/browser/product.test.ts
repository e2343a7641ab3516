import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launch, LOOKS, openTab, WIDE } from './browser.ts'
import { playDemo } from './demo.ts'
import type { StaysUp } from './stays-up.ts'
import { expectWhole } from './tried-project.ts'
import { openFirst, openModel, readTables, settled, zoomAndBack } from './walk.ts'

const BUILD = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url))
const LISTS = ['/', '/models', '/models/births', '/gates', '/rollouts', '/alerts', '/jobs', '/why']

/** The page against the product itself: two and a half years of the demo, then what a person does. */
describe('the page of a project that has lived', () => {
  let browser: Browser
  let demo: StaysUp

  beforeAll(async () => {
    execFileSync(process.execPath, [BUILD, '--web-if-stale'])
    demo = await playDemo('1972-07-31')
    browser = await launch()
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await demo?.close()
  })

  const open = async (look = WIDE) => {
    const tab = await openTab(browser, demo.url, look)
    onTestFinished(tab.close)
    return tab
  }

  it.each(LOOKS)(
    'is whole and accessible, $scheme at $width',
    { timeout: 90_000 },
    async (look) => {
      const { page, faults } = await open(look)
      for (const path of LISTS) {
        await page.goto(path)
        await settled(page)
        await expectWhole(page, `/product${path}`, look)
      }
      expect(faults).toEqual([])
    },
  )

  it('is walked from the Loop to the model, its figures and their evidence', async () => {
    const { page, faults } = await open()
    await openModel(page, { model: 'births' })
    await zoomAndBack(page)
    await readTables(page)
    expect(faults).toEqual([])
  })

  it('shows why a challenger was let through, and how it was rolled out', async () => {
    const { page, faults } = await open()
    await openFirst(page, 'gates')
    expect(await page.locator('h1').textContent()).toMatch(/^(Passed|Refused|Undecided): v\d+/)
    await openFirst(page, 'rollouts')
    await page.getByRole('region', { name: 'Steps' }).waitFor()
    await page.getByRole('link', { name: /^gate of v\d+$/ }).click()
    await settled(page)
    expect(faults).toEqual([])
  })

  it('finds the model by its name, and the causes of an alert', async () => {
    const { page } = await open()
    await page.goto('/alerts')
    await settled(page)
    await page.getByRole('table').getByRole('link').first().click()
    await page.waitForURL('**/why/alr_*')
    // The address changes before the story is there.
    await page.locator('.causes li').nth(1).waitFor()
    await settled(page)
    expect(await page.locator('.causes li').count()).toBeGreaterThan(1)
    await page.keyboard.press('/')
    await page.getByRole('combobox').fill('births')
    await page.getByRole('option').first().waitFor()
    await page.keyboard.press('Escape')
  })
})
