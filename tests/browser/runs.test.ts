import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LOOKS } from './browser.ts'
import { seedTraces } from './seed-traces.ts'
import { type Story, tellStory } from './seed-story.ts'
import { expectWhole, tryProject } from './tried-project.ts'
import { settled } from './walk.ts'

describe('the pages of a run and its charts', () => {
  let story: Story
  const { open, project } = tryProject(
    () => {},
    async ({ url }) => {
      story = await tellStory(url)
      await seedTraces(url, story.experiment, story.runs[0] ?? '')
    },
  )

  it.each(LOOKS)('are whole and accessible, $scheme at $width', async (look) => {
    const [first = ''] = story.runs
    const { page, faults } = await open('/experiments', look)
    const pages = {
      run: `/runs/${first}?file=notes/report.md`,
      zoomed: `/runs/${first}?from=100&to=140&smooth=0.5`,
      lines: `/experiments/${story.experiment}?chart=lines`,
      scatter: `/experiments/${story.experiment}?chart=scatter&colour=params.model`,
      parallel: `/experiments/${story.experiment}?chart=parallel`,
      bars: `/experiments/${story.experiment}?chart=bars`,
      bands: `/experiments/${story.experiment}?chart=lines&group=tags.team&y=["metrics.loss"]`,
      traces: '/traces',
      trace: `/traces/tr-${'a1'.repeat(16)}`,
      compare: `/compare?runs=${encodeURIComponent(JSON.stringify(story.runs))}&file=metrics.json`,
    }
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path)
      await settled(page)
      if (!/^(compare|trace)/.test(name)) await page.locator('canvas').first().waitFor()
      await expectWhole(page, `/${name}`, look)
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

  it('looks closer at a stretch: its own points are fetched, by drag and by keyboard', async () => {
    const [first = ''] = story.runs
    const { page, faults } = await open(`/runs/${first}`)
    const chart = (points: number) =>
      page.getByRole('img', { name: new RegExp(`^loss of forest, ${points} points`) })
    // Of 400 points 320 are drawn.
    await chart(320).waitFor()
    await page.getByLabel('First step').fill('100')
    await page.getByLabel('Last step').fill('140')
    await page.keyboard.press('Enter')
    await page.waitForURL(/from=100&to=140/)
    await chart(41).waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
    await chart(320).waitFor()
    const box = await page.locator('.drawing').first().boundingBox()
    if (box === null) throw new Error('There is no chart.')
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/from=\d+&to=\d+/)
    await page.locator('.drawing').first().dblclick()
    await page.waitForURL((url) => !url.search.includes('from='))
    expect(faults).toEqual([])
  })

  it('gives a chart away as a picture, and all of its points as CSV', async () => {
    const [first = ''] = story.runs
    const { page } = await open(`/runs/${first}`)
    const [picture] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'PNG of loss' }).click(),
    ])
    expect(picture.suggestedFilename()).toBe('loss.png')
    const bytes = readFileSync(await picture.path())
    expect(bytes.subarray(1, 4).toString()).toBe('PNG')
    // Width: twice the chart and its margins. An empty drawing would take far less.
    expect(bytes.readUInt32BE(16)).toBeGreaterThan(600)
    expect(bytes.length).toBeGreaterThan(4000)
    const [csv] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV of loss' }).click(),
    ])
    const lines = readFileSync(await csv.path(), 'utf8')
      .trim()
      .split('\r\n')
    expect(lines).toHaveLength(401)
    expect(lines[400]).toMatch(new RegExp(`^${first},forest,loss,399,`))
  })

  it('draws groups as means in a band, whose kind the address keeps', async () => {
    const { page, faults } = await open(
      `/experiments/${story.experiment}?chart=lines&group=tags.team&y=["metrics.loss"]`,
    )
    await page.getByRole('img', { name: /^loss of 2 groups, mean, least to greatest/ }).waitFor()
    await page.getByLabel('Band').selectOption('interval')
    await page.waitForURL(/band=interval/)
    await page.getByText('The same as a table').click()
    const means = page.getByRole('region', { name: 'Means' })
    await means.getByRole('row', { name: /^core step 0 .* 2$/ }).waitFor()
    await means.getByRole('row', { name: /^growth step 0 .* 1$/ }).waitFor()
    expect(faults).toEqual([])
  })

  it('compares the files of two runs line by line', async () => {
    const [first = '', second = ''] = story.runs
    const runs = encodeURIComponent(JSON.stringify([first, second]))
    const { page, faults } = await open(`/compare?runs=${runs}`)
    const files = page.getByRole('navigation', { name: 'Files of both' })
    await files.getByRole('button', { name: /rows\.csv only on the left/ }).waitFor()
    await files.getByRole('button', { name: /metrics\.json/ }).click()
    // Keys stand in another order and the spacing is another: what is said differs in two lines.
    await page.getByText('2 lines of 9 differ.').waitFor()
    const difference = page.getByRole('region', { name: 'Difference' })
    expect(await difference.locator('.right').allTextContents()).toEqual([
      expect.stringContaining('3'),
      expect.stringContaining('"f1": 0.85'),
    ])
    await files.getByRole('button', { name: /train\.log/ }).click()
    await page.getByText('1 line of 61 differ').waitFor()
    await difference.getByRole('button', { name: /57 lines the same/ }).click()
    await difference.getByText('epoch 0 done').first().waitFor()
    await page.getByLabel('Left').selectOption({ label: 'logistic' })
    await page.waitForURL(/left=/)
    expect(faults).toEqual([])
  })

  it('shows traces: found by what was said, and one step by step', async () => {
    const { page, faults } = await open('/')
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await page.getByRole('heading', { level: 1, name: 'Two traces, 1 failed' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('DEATHS')
    await page.getByRole('heading', { level: 1, name: 'One trace, 1 failed' }).waitFor()
    await page.getByRole('region', { name: 'Traces' }).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: 'answer failed in retrieve' }).waitFor()
    await page.getByText('the index is gone').waitFor()
    await page.goto('/traces?state=OK')
    await page.getByRole('region', { name: 'Traces' }).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: 'answer took 420 ms in 3 steps' }).waitFor()
    // What was traced is text, never markup.
    await page.getByLabel('Given').getByText('<img src=x onerror=alert(1)>').waitFor()
    expect(await page.locator('main img').count()).toBe(0)
    const steps = page.getByRole('region', { name: 'Steps of the trace' })
    await steps.getByRole('link', { name: 'retrieve' }).click()
    await page.waitForURL(/span=/)
    await page.getByRole('heading', { level: 2, name: 'retrieve' }).waitFor()
    await page.goto(`/runs/${story.runs[0]}`)
    await page.getByRole('link', { name: '2 traces' }).click()
    await page.getByRole('button', { name: /^of run/ }).click()
    await page.waitForURL(/\/traces$/)
    expect(faults).toEqual([])
  })

  it('tells the project that a run was started in, as soon as it was looked at', async () => {
    const { folder, url } = project()
    const script = join(folder, 'train.py')
    const git = (...words: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=a@b.c', ...words], {
        cwd: folder,
      })
    writeFileSync(script, 'first = 1\n')
    git('add', 'train.py')
    git('commit', '-qm', 'a script')
    writeFileSync(script, 'first = 2\n')
    const answer = await fetch(`${url}/api/2.0/mlflow/runs/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        experiment_id: story.experiment,
        start_time: Date.now(),
        tags: [{ key: 'mlflow.source.name', value: script }],
      }),
    })
    const { run } = (await answer.json()) as { run: { info: { run_id: string } } }
    const { page, faults } = await open(`/runs/${run.info.run_id}`)
    await page.getByText(/^train\.py at commit [0-9a-f]{10}, 1 file changed;/).waitFor()
    await page.getByText('1 changed file', { exact: true }).click()
    await page.getByText('+first = 2').waitFor()
    expect(faults).toEqual([])
  })

  it('shows a run moving that is being written', async () => {
    const { page } = await open(`/runs/${story.child}`)
    await page.getByText('No metric was logged.').waitFor()
    const log = (step: number) =>
      fetch(`${project().url}/api/2.0/mlflow/runs/log-metric`, {
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
    const chart = (points: number) =>
      page.getByRole('img', { name: new RegExp(`^live of fold-0, ${points} point`) })
    await log(1)
    const metrics = page.getByRole('region', { name: 'Metrics' })
    await metrics.getByRole('row', { name: /live 1\s*1/ }).waitFor()
    await chart(1).waitFor()
    await log(2)
    await metrics.getByRole('row', { name: /live 2\s*2/ }).waitFor()
    await chart(2).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})
