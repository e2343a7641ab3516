import type { ReactNode } from 'react'
import { Toggle } from '../runs/table-tools.tsx'
import { ALONG, BANDS, type LinesLook, type LookChange } from './look.ts'

interface LookControlsProps {
  readonly look: LinesLook
  readonly onChange: (change: LookChange) => void
  /** Whether what is drawn are groups. */
  readonly areGroups?: boolean
  readonly children?: ReactNode
}

const WORDS = { step: 'by step', time: 'by time', relative: 'since its start' } as const
const BAND_WORDS = {
  range: 'least to greatest',
  interval: '95 % interval',
  none: 'no band',
} as const

/** How lines are drawn: along what, which part of it, how smooth, on which scale. */
export function LookControls({ look, onChange, areGroups = false, children }: LookControlsProps) {
  return (
    <div className="look">
      {children}
      <Choice
        label="Along"
        value={look.along}
        words={WORDS}
        // A stretch of one axis means nothing on another.
        onChange={(word) =>
          onChange({ along: ALONG.find((one) => one === word), from: undefined, to: undefined })
        }
      />
      {areGroups ? (
        <Choice
          label="Band"
          value={look.band}
          words={BAND_WORDS}
          onChange={(word) => onChange({ band: BANDS.find((one) => one === word) })}
        />
      ) : null}
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
      <Stretch look={look} onChange={onChange} />
    </div>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly words: Readonly<Record<string, string>>
  readonly onChange: (word: string) => void
}

function Choice({ label, value, words, onChange }: ChoiceProps) {
  return (
    <label className="inline">
      <span className="visually-hidden">{label}</span>
      <select
        className="button"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {Object.entries(words).map(([word, said]) => (
          <option key={word} value={word}>
            {said}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The stretch that is in sight, by keyboard and finger; with the mouse one drags over a chart. */
function Stretch({ look, onChange }: Pick<LookControlsProps, 'look' | 'onChange'>) {
  const { along, from, to } = look
  const isZoomed = from !== null || to !== null
  return (
    <>
      {along === 'step' ? (
        <span className="inline small">
          steps
          <StepField
            label="First step"
            none="first"
            value={from}
            onChange={(step) => onChange({ from: step })}
          />
          to
          <StepField
            label="Last step"
            none="last"
            value={to}
            onChange={(step) => onChange({ to: step })}
          />
        </span>
      ) : null}
      {isZoomed ? (
        <button
          type="button"
          className="bare"
          onClick={() => onChange({ from: undefined, to: undefined })}
        >
          Show all
        </button>
      ) : (
        <span className="muted small drag-hint">drag over a chart to look closer</span>
      )}
    </>
  )
}

interface StepFieldProps {
  readonly label: string
  readonly none: string
  readonly value: number | null
  readonly onChange: (step: number | undefined) => void
}

function StepField({ label, none, value, onChange }: StepFieldProps) {
  const take = (text: string) => {
    const step = text.trim() === '' ? undefined : Math.round(Number(text))
    if (step !== (value ?? undefined)) onChange(Number.isNaN(step) ? undefined : step)
  }
  return (
    <input
      // What the address says is what stands here, also after Back.
      key={String(value)}
      className="input step"
      inputMode="numeric"
      aria-label={label}
      placeholder={none}
      defaultValue={value ?? ''}
      onBlur={(event) => take(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take(event.currentTarget.value)
      }}
    />
  )
}
