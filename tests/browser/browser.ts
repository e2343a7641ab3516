import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { chromiumPath } from '../environment.ts'

/** Debian's Chromium; `CHROMIUM_PATH` names another one. */
function findChromium(): string {
  const places = [chromiumPath, '/usr/bin/chromium', '/usr/bin/google-chrome']
  const found = places.find((path) => path !== undefined && existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    'These tests need Chromium: apt-get install chromium, or name it with CHROMIUM_PATH.',
  )
}

export async function launch(): Promise<Browser> {
  const executablePath = findChromium()
  // The sandbox of Chromium needs a user namespace, which containers (CI) do not give.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

export interface Look {
  readonly width: number
  readonly scheme: 'light' | 'dark'
}

export const WIDE: Look = { width: 1400, scheme: 'light' }

export const LOOKS: readonly Look[] = [
  WIDE,
  { width: 1400, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
]

/** Left for whoever changed something to look at; not kept in Git. */
export function screenshotOf(path: string, { scheme, width }: Look): string {
  const name = path.slice(1).replaceAll(/[^\w.-]+/g, '-') || 'loop'
  return fileURLToPath(new URL(`screenshots/${name}-${scheme}-${width}.png`, import.meta.url))
}

/** A tab, and what went wrong in it. */
export interface Tab {
  readonly page: Page
  readonly faults: readonly string[]
  readonly close: () => Promise<void>
}

export async function openTab(browser: Browser, baseURL: string, look: Look): Promise<Tab> {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: look.width, height: 860 },
    colorScheme: look.scheme,
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    // A refused request is logged by the browser; the page shows it, which is what is tested.
    const refused = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !refused) faults.push(message.text())
  })
  return { page, faults, close: () => context.close() }
}

interface AxeViolation {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** What axe finds that is serious or worse, in words. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const violations = (await page.evaluate(
    'axe.run().then(({ violations }) => violations)',
  )) as readonly AxeViolation[]
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
    )
}

/** How far the page is wider than its window: 0 where one reads it without scrolling sideways. */
export async function overflow(page: Page): Promise<number> {
  return (await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number
}
