import { describe, expect, it } from 'vitest'
import { LOOKS } from './browser.ts'
import { type Story, tellStory } from './seed-story.ts'
import { expectWhole, tryProject } from './tried-project.ts'
import { settled } from './walk.ts'

describe('the registry and a passport', () => {
  let story: Story
  const { open } = tryProject(
    () => {},
    async ({ url }) => {
      story = await tellStory(url)
    },
  )

  it.each(LOOKS)('are whole and accessible, $scheme at $width', async (look) => {
    const { page, faults } = await open('/registry', look)
    for (const path of ['/registry', `/registry/${story.model}`, `/registry/${story.model}/1`]) {
      await page.goto(path)
      await settled(page)
      await expectWhole(page, path, look)
    }
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('churn_model')
    await page.getByRole('option', { name: /registered model/ }).waitFor()
    await expectWhole(page, '/palette', look)
    expect(faults).toEqual([])
  })

  it('is walked from the list to the passport, its run and the calls, and by ⌘K to a version', async () => {
    const { page, faults } = await open('/registry')
    await page.keyboard.press('/')
    await page.keyboard.type('churn')
    await page.waitForURL(/find=churn$/)
    await page.getByRole('link', { name: story.model, exact: true }).click()
    await page.getByRole('heading', { level: 1, name: story.model }).waitFor()
    await page.locator('.description em').getByText('leaves').waitFor()
    await page.getByRole('link', { name: 'v1', exact: true }).click()
    await page.getByRole('region', { name: 'Inputs' }).getByText('age').waitFor()
    await page.getByText('3fa91c0d').first().waitFor()
    await page.getByRole('button', { name: 'Python' }).click()
    await page.getByText('mlflow.pyfunc.load_model("models:/churn_model/1")').waitFor()
    await page.getByRole('link', { name: 'forest' }).click()
    await page.waitForURL('**/runs/*')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('churn_model v2')
    await page.getByRole('option', { name: 'churn_model/2 version' }).click()
    await page.getByRole('heading', { level: 1, name: 'churn_model v2' }).waitFor()
    expect(faults).toEqual([])
  })

  it('sets an alias and a stage, tells so in its history, and takes them back', async () => {
    const { page } = await open(`/registry/${story.model}/2`)
    await page.getByRole('button', { name: 'Alias' }).click()
    await page.getByRole('textbox', { name: 'Alias' }).fill('best')
    await page.getByRole('button', { name: 'Set it' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText('@best').waitFor()
    await page.getByRole('button', { name: 'Stage' }).click()
    await page.getByRole('dialog').getByRole('combobox').selectOption('Production')
    await page.getByRole('button', { name: 'Move it' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const changes = page.getByRole('region', { name: 'Changes' })
    await changes.getByText(/stage went from None to Production/).waitFor()
    await changes.getByRole('button', { name: 'Undo' }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click()
    await changes.getByText('(taken back)').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it('asks for the name before a version goes for good', async () => {
    const { page } = await open(`/registry/${story.model}/1`)
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill(`${story.model}/1`)
    expect(await dialog.getByRole('button', { name: 'Delete' }).isEnabled()).toBe(true)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
})
