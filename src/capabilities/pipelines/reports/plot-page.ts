import { escapeHtml } from './html.ts'
import type { Plot, PlotSeries } from './plots.ts'
import { plotSvg, seriesColor, seriesName } from './plot-svg.ts'

const STYLE = `:root{color-scheme:light dark;--line:#8884;--text:#555}
body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}
section{margin:0 0 2.5rem}h1{font-size:1.2rem}h2{font-size:1rem;margin:0 0 .5rem}
.grid{display:grid;gap:2rem;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr))}
svg{width:100%;height:auto;display:block}.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0;margin:.3rem 0}
.legend span{display:inline-block;width:1rem;height:3px;vertical-align:middle;margin-right:.4rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{border:1px solid var(--line);padding:.2rem .5rem;text-align:right}
img{max-width:100%}.problem{color:#b00020}`

/** One page with every plot, that needs nothing but itself. */
export function plotPage(plots: readonly Plot[], title: string): string {
  const body = plots.map(plotSection).join('\n')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1>
<main class="grid">
${body === '' ? '<p>dvc.yaml declares no plots.</p>' : body}
</main></body></html>
`
}

function plotSection(plot: Plot): string {
  const problems = plot.problems.map((text) => `<p class="problem">${escapeHtml(text)}</p>`)
  const images = plot.images.map(
    ({ revision, url }) =>
      `<figure><img src="${url}" alt="${escapeHtml(plot.title)}"><figcaption>${escapeHtml(revision)}</figcaption></figure>`,
  )
  const drawn =
    plot.series.length === 0
      ? []
      : plot.template.startsWith('confusion')
        ? plot.series.map(confusionTable)
        : [legend(plot.series), plotSvg(plot)]
  return `<section><h2>${escapeHtml(plot.title)}</h2>${[...drawn, ...images, ...problems].join('\n')}</section>`
}

function legend(series: readonly PlotSeries[]): string {
  const items = series.map(
    (one, index) =>
      `<li><span style="background:${seriesColor(index)}"></span>${escapeHtml(seriesName(one, series))}</li>`,
  )
  return `<ul class="legend">${items.join('')}</ul>`
}

function confusionTable({ points, revision }: PlotSeries): string {
  const labels = [...new Set(points.flatMap(({ x, y }) => [x, y]))].toSorted()
  const counts = new Map<string, number>()
  for (const { x, y } of points) {
    const key = JSON.stringify([x, y])
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const head = labels.map((label) => `<th scope="col">${escapeHtml(label)}</th>`).join('')
  const rows = labels.map((x) => {
    const cells = labels.map((y) => `<td>${counts.get(JSON.stringify([x, y])) ?? 0}</td>`).join('')
    return `<tr><th scope="row">${escapeHtml(x)}</th>${cells}</tr>`
  })
  return `<table><caption>${escapeHtml(revision)}</caption><tr><td></td>${head}</tr>${rows.join('')}</table>`
}
