import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import {
  launch,
  type Look,
  openTab,
  overflow,
  screenshotOf,
  seriousFindings,
  type Tab,
  WIDE,
} from './browser.ts'
import { type RunningProject, startProject } from './running-project.ts'
import { settled } from './walk.ts'

/** A project that is up and a browser beside it, for the tests of one block. */
export interface TriedProject {
  readonly project: () => RunningProject
  /** A tab that is closed with its test, once everything on the page has come. */
  readonly open: (path: string, look?: Look) => Promise<Tab>
}

/** `prepare` gets the database before anyone has opened it, `fill` the project once it is up. */
export function tryProject(
  prepare: (file: string) => void | Promise<void>,
  fill: (project: RunningProject) => Promise<void> = async () => {},
): TriedProject {
  let browser: Browser
  let project: RunningProject
  beforeAll(async () => {
    project = await startProject(prepare)
    await fill(project)
    browser = await launch()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await project?.close()
  })
  return {
    project: () => project,
    open: async (path, look = WIDE) => {
      const tab = await openTab(browser, project.url, look)
      onTestFinished(tab.close)
      await tab.page.goto(path)
      await settled(tab.page)
      return tab
    },
  }
}

/** Whether the page as it stands can be read by everyone: nothing serious for axe, no wider than its window. Leaves a screenshot. */
export async function expectWhole(page: Page, name: string, look: Look): Promise<void> {
  expect(await seriousFindings(page), name).toEqual([])
  expect(await overflow(page), name).toBeLessThanOrEqual(0)
  await page.screenshot({ path: screenshotOf(name, look), fullPage: true })
}
