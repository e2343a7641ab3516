import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { makeTemporaryFolder } from './temporary-folder.ts'
import * as contract from '../../src/edges/http/contract.ts'
import { ANSWERS, serveFixtures, type FixtureServer } from '../../web/fixtures/server.ts'
import { launch, LOOKS, openTab, type Look, WIDE } from './browser.ts'
import { expectWhole } from './tried-project.ts'
import { openFirst, openModel, readTables, settled, zoomAndBack } from './walk.ts'

const WEB = fileURLToPath(new URL('../../web/', import.meta.url))

const PAGES = [
  '/',
  '/models',
  '/models/births',
  '/gates',
  '/gates/gate-56',
  '/rollouts',
  '/rollouts/rol-13',
  '/alerts',
  '/jobs',
  '/why',
  '/why/evt_01J9ZK3M4N5P6Q7R8S00000000',
]

it('has fixtures that the server could have answered', () => {
  const schemas: Readonly<Record<string, { safeParse: (value: unknown) => { error?: unknown } }>> =
    {
      '/status': contract.statusSchema,
      '/models': contract.modelListSchema,
      '/models/births': contract.modelSchema,
      '/models/births/timeline': contract.timelineSchema,
      '/models/births/versions': contract.versionListSchema,
      '/gates': contract.gateListSchema,
      '/gates/gate-56': contract.gateSchema,
      '/rollouts': contract.rolloutListSchema,
      '/rollouts/rol-13': contract.rolloutSchema,
      '/alerts': contract.alertListSchema,
      '/jobs': contract.jobListSchema,
      '/events': contract.eventListSchema,
      '/search': contract.searchResultsSchema,
    }
  for (const [path, schema] of Object.entries(schemas))
    expect(schema.safeParse(ANSWERS[path]).error, path).toBeUndefined()
})

describe('the page', () => {
  let browser: Browser
  let server: FixtureServer

  beforeAll(async () => {
    const outDir = makeTemporaryFolder()
    await build({
      root: WEB,
      configFile: `${WEB}vite.config.ts`,
      logLevel: 'error',
      build: { outDir },
    })
    server = await serveFixtures(outDir)
    browser = await launch()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const open = async (look: Look) => {
    const tab = await openTab(browser, server.url, look)
    onTestFinished(tab.close)
    return tab
  }

  it.each(LOOKS)(
    'is whole and accessible, $scheme at $width',
    { timeout: 90_000 },
    async (look) => {
      const { page, faults } = await open(look)
      for (const path of PAGES) {
        await page.goto(path)
        await settled(page)
        await expectWhole(page, path, look)
      }
      expect(faults).toEqual([])
    },
  )

  it('walks from the Loop to a model, zooms all lanes and reads the figures', async () => {
    const { page, faults } = await open(WIDE)
    await openModel(page, { model: 'births' })
    await zoomAndBack(page)
    await readTables(page)
    expect(faults).toEqual([])
  })

  it('opens a gate and a rollout from their lists', async () => {
    const { page } = await open(WIDE)
    await openFirst(page, 'gates')
    expect(await page.locator('h1').textContent()).toContain('Refused: v56 is worse')
    await openFirst(page, 'rollouts')
    await page.locator('canvas').waitFor()
    expect(await page.locator('[aria-current="step"]').textContent()).toContain('25 %')
  })

  it('asks for the name before a rollout is aborted, and shows a no', async () => {
    const { page } = await open(WIDE)
    await page.goto('/rollouts/rol-13')
    await page.getByRole('button', { name: 'Abort' }).click()
    const dialog = page.getByRole('dialog')
    const confirm = dialog.getByRole('button', { name: 'Abort' })
    expect(await confirm.isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('churn')
    await confirm.click()
    await dialog.getByText('FIXTURE_REFUSED').waitFor()
    expect(server.posted).toEqual(['/api/v1/rollouts/rol-13/abort'])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  it('goes everywhere by keyboard', async () => {
    const { page } = await open(WIDE)
    await page.goto('/')
    await settled(page)
    await page.keyboard.press('g')
    await page.keyboard.press('r')
    await page.waitForURL('**/rollouts')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.getByRole('combobox').fill('births')
    await page.getByRole('option', { name: 'births' }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/models/births')
    await page.getByRole('heading', { level: 1, name: 'births' }).waitFor()
    expect(await page.title()).toBe('births · Ratchet')
  })

  it('shows text of people as text', async () => {
    const { page } = await open(WIDE)
    await page.goto('/')
    await page.getByText('<img src=x onerror=').waitFor()
    expect(await page.locator('main img').count()).toBe(0)
  })

  it('says what is wrong and what to do, and that the line is lost', async () => {
    const { page } = await open(WIDE)
    await page.goto('/gates/no-such-gate')
    const alert = page.getByRole('alert')
    await alert.getByText('FIXTURE_REFUSED').waitFor()
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    await page.getByLabel('Where this is').getByRole('link', { name: 'Gates' }).waitFor()
    expect(await alert.textContent()).toContain('Try it on a real server.')
    await page.route('**/api/**', (route) => route.abort())
    await page.reload()
    await page.getByText('reconnecting').waitFor()
  })

  it('counts time from the project, not from the browser', async () => {
    const { page } = await open(WIDE)
    await page.goto('/gates')
    await settled(page)
    const time = page.getByRole('table').locator('time').first()
    expect(await time.textContent()).toBe('12 days ago')
    expect(await time.getAttribute('title')).toBe('1988-12-19 00:00:00.000 UTC')
  })

  it('sends less than 250 kB of compressed script at first, and no chart', async () => {
    const { page } = await open(WIDE)
    const scripts: Buffer[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) void response.body().then((body) => scripts.push(body))
    })
    await page.goto('/')
    await settled(page)
    const { gzipSync } = await import('node:zlib')
    const size = scripts.reduce((sum, body) => sum + gzipSync(body).length, 0)
    expect(size).toBeGreaterThan(50_000)
    expect(size).toBeLessThan(250_000)
  })
})
