import { describe, expect, it } from 'vitest'
import { LOOKS, WIDE } from './browser.ts'
import { seedCheck, seedPipeline } from './seed-pipeline.ts'
import { expectWhole, tryProject } from './tried-project.ts'
import { settled } from './walk.ts'

const SALES = `/data/${encodeURIComponent('data/sales.csv')}`

describe('the pages of data sets', () => {
  const { open } = tryProject(async (file) => {
    seedPipeline(file)
    await seedCheck(file)
  })

  it('is found from anywhere, and so are stages', async () => {
    const { page, faults } = await open('/why')
    const ask = async (text: string, option: RegExp) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').fill(text)
      await page.getByRole('option', { name: option }).click()
    }
    await ask('sales.c', /^data\/sales\.csv/)
    await page.waitForURL(`**${SALES}`)
    await ask('publish', /^publish stage/)
    await page.waitForURL(/\/pipelines\?stage=publish/)
    await page.getByRole('heading', { name: 'publish', exact: true }).waitFor()
    expect(faults).toEqual([])
  })

  it('is walked: from the list to a version, its difference and the rows that break the contract', async () => {
    const { page, faults } = await open('/')
    await page.keyboard.press('g')
    await page.keyboard.press('d')
    await page
      .getByRole('heading', { level: 1, name: 'data/sales.csv breaks its contract' })
      .waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('SALES')
    await page.waitForURL(/find=SALES/)
    await page
      .getByRole('status')
      .filter({ hasText: /^1 of \d+$/ })
      .waitFor()
    await page.getByRole('region', { name: 'Data sets' }).getByRole('link').first().click()
    await page
      .getByRole('heading', {
        level: 1,
        name: 'data/sales.csv breaks its contract',
      })
      .waitFor()
    const versions = page.getByRole('region', { name: 'Versions' }).getByRole('row')
    expect(await versions.nth(1).textContent()).toContain('sales until June')
    expect(await versions.nth(2).textContent()).toContain('400')
    await page.getByText('620 rows, +220 from 400.').waitFor()
    await page.locator('.overlay svg').first().waitFor()
    await page.getByText('The same as a table').click()
    const amount = page
      .getByRole('region', { name: 'Columns compared' })
      .getByRole('row', { name: /^amount/ })
    expect(await amount.textContent()).toContain('→ 26')
    // The other way round, by the keyboard, and the address keeps it.
    await page
      .getByRole('radio', { name: /^Compare from/ })
      .first()
      .focus()
    await page.keyboard.press('Space')
    await page.getByText('Nothing: it is the same content.').waitFor()
    await page
      .getByRole('radio', { name: /^Compare to/ })
      .nth(1)
      .check()
    await page.getByText('400 rows, −220 from 620.').waitFor()
    await page.reload()
    await page.getByText('400 rows, −220 from 620.').waitFor()
    const broken = page.getByRole('table', { name: 'Rows that break it' })
    await broken.getByRole('row').nth(1).waitFor()
    expect(faults).toEqual([])
  })

  it('asks the remote only when told, and shows its no', async () => {
    const { page } = await open('/data')
    await page.getByRole('link', { name: 'Compare with the remote' }).click()
    await page.waitForURL(/remote=true/)
    const no = page.getByRole('alert')
    await no.getByText('DATASET_REMOTE').waitFor()
    expect(await no.textContent()).toContain('ratchet remote')
  })

  it.each(LOOKS)(
    'is whole and accessible, $scheme at $width',
    { timeout: 90_000 },
    async (look) => {
      const { page, faults } = await open('/data', look)
      for (const path of ['/data', SALES]) {
        await page.goto(path)
        await settled(page)
        await page.waitForLoadState('networkidle')
        await expectWhole(page, path, look)
      }
      expect(faults).toEqual([])
    },
  )
})

describe('the pages of a project without data and stages', () => {
  const { open } = tryProject(() => {})

  it('say what would be there, and the command that brings it', async () => {
    const { page, faults } = await open('/data')
    await page.getByText('ratchet add data/raw.csv').waitFor()
    await page.goto('/pipelines')
    await page.getByText('ratchet stage add -n train').waitFor()
    await page.getByText('No run yet').waitFor()
    await expectWhole(page, '/pipelines-none', WIDE)
    expect(faults).toEqual([])
  })
})
