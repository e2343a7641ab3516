import { useComputedColorScheme } from '@mantine/core'
import { useMemo } from 'react'

const TOKENS = {
  surface: '--surface',
  ink: '--ink',
  muted: '--muted',
  faint: '--faint',
  line: '--line',
  lineInner: '--line-inner',
  accent: '--accent',
  accentSoft: '--accent-soft',
  good: '--good',
  warning: '--warning',
  warningText: '--warning-text',
  bad: '--bad',
  series0: '--series-0',
  series1: '--series-1',
  series2: '--series-2',
  series3: '--series-3',
  series4: '--series-4',
  series5: '--series-5',
  series6: '--series-6',
  series7: '--series-7',
  series8: '--series-8',
  series9: '--series-9',
} as const

/** The colours of the page, resolved for a canvas. */
export type Palette = Readonly<Record<keyof typeof TOKENS, string>> & { readonly font: string }

/** Follows the colour scheme: a canvas does not know of custom properties. */
export function usePalette(): Palette {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the scheme is what the resolved colours depend on
  return useMemo(() => resolve(scheme), [scheme])
}

function resolve(scheme: 'light' | 'dark'): Palette {
  const probe = document.createElement('span')
  probe.style.colorScheme = scheme
  document.body.append(probe)
  const colours = Object.entries(TOKENS).map(([name, token]) => {
    probe.style.color = `var(${token})`
    return [name, getComputedStyle(probe).color]
  })
  const font = getComputedStyle(document.body).fontFamily
  probe.remove()
  return { ...(Object.fromEntries(colours) as Record<keyof typeof TOKENS, string>), font }
}

const SERIES = 10
const DASHES = ['solid', [6, 4], [2, 3]] as const

/** Colour and dash of the nth line of a chart. */
export function seriesLook(palette: Palette, index: number) {
  const key = `series${index % SERIES}` as 'series0'
  const dash = DASHES[Math.floor(index / SERIES) % DASHES.length] ?? 'solid'
  return { colour: palette[key], dash: dash === 'solid' ? dash : [...dash] }
}
