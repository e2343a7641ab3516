import { expect } from 'vitest'
import type { Page } from 'playwright-core'

/** What a person does on each page. It needs a project with a model that has lived through something. */
export interface Walk {
  readonly model: string
}

/** Everything has come: no place waits, nothing failed. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.locator('.loading').first().waitFor({ state: 'detached' })
  expect(await page.getByRole('alert').count()).toBe(0)
}

/** From the Loop to the model, by its row. */
export async function openModel(page: Page, { model }: Walk): Promise<void> {
  await page.goto('/')
  await settled(page)
  await page.getByRole('table').getByRole('link', { name: model, exact: true }).click()
  await page.waitForURL(`**/models/${model}*`)
  await settled(page)
  await page.locator('canvas').first().waitFor()
}

/** Drags over the lanes, and comes back with a double click. */
export async function zoomAndBack(page: Page): Promise<void> {
  const box = await page.locator('.picture').boundingBox()
  if (box === null) throw new Error('The picture is not on the page.')
  const y = box.y + 60
  await page.mouse.move(box.x + box.width * 0.4, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.6, y, { steps: 4 })
  await page.mouse.up()
  await page.waitForURL(/from=\d{4}-\d{2}-\d{2}&to=/)
  await page.goBack()
  await page.waitForURL((url) => url.search === '')
  await page.getByRole('button', { name: '1 year' }).click()
  await page.waitForURL(/from=/)
  await page.getByRole('button', { name: 'All', exact: true }).click()
  await page.waitForURL((url) => url.search === '')
}

/** The figures behind the picture, and from one of its events to the evidence. */
export async function readTables(page: Page): Promise<void> {
  await page.getByText('The same as tables').click()
  const events = page.getByRole('region', { name: 'Events' })
  await events.getByRole('row').nth(1).waitFor()
  await page.getByRole('region', { name: 'Windows' }).getByRole('row').nth(1).waitFor()
  await events.getByRole('link').first().click()
  await page.waitForURL(/\/(gates|rollouts|why|models)\//)
  await settled(page)
}

/** From a list, by its first row, to the thing itself. */
export async function openFirst(page: Page, list: 'gates' | 'rollouts'): Promise<void> {
  await page.goto(`/${list}`)
  await settled(page)
  const title = (await page.locator('h1').textContent()) ?? ''
  await page.getByRole('table').getByRole('link').first().click()
  await page.waitForURL(`**/${list}/*`)
  // The address changes before the page does.
  await page.locator('h1', { hasNotText: title }).waitFor()
  await settled(page)
}
