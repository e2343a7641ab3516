import type { ReactNode } from 'react'
import { Toggle } from '../runs/table-tools.tsx'
import { ALONG, type Along } from '../runs/view.ts'
import type { LinesLook } from './lines-option.ts'

interface LookControlsProps {
  readonly look: LinesLook
  readonly onChange: (change: {
    readonly along?: Along | undefined
    readonly smooth?: number | undefined
    readonly log?: true | undefined
  }) => void
  readonly children?: ReactNode
}

const WORDS = { step: 'by step', time: 'by time', relative: 'since its start' } as const

/** How lines are drawn: along what, how smooth, on which scale. */
export function LookControls({ look, onChange, children }: LookControlsProps) {
  return (
    <div className="look">
      {children}
      <label className="inline">
        <span className="visually-hidden">Along</span>
        <select
          className="button"
          value={look.along}
          onChange={(event) => {
            const along = ALONG.find((one) => one === event.currentTarget.value)
            onChange({ along: along === 'step' ? undefined : along })
          }}
        >
          {ALONG.map((along) => (
            <option key={along} value={along}>
              {WORDS[along]}
            </option>
          ))}
        </select>
      </label>
      <label className="inline small">
        smooth
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={look.smooth}
          onChange={(event) => {
            const smooth = Number(event.currentTarget.value)
            onChange({ smooth: smooth === 0 ? undefined : smooth })
          }}
        />
        <output className="muted">{look.smooth.toFixed(2)}</output>
      </label>
      <Toggle
        label="Log"
        title="Logarithmic scale"
        on={look.log}
        onChange={(on) => onChange({ log: on ? true : undefined })}
      />
    </div>
  )
}
