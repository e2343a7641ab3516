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
