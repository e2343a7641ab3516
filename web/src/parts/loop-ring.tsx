import type { LoopState, LoopStep } from '../../../src/edges/http/contract.ts'

const STEPS: readonly LoopStep[] = [
  'version',
  'validate',
  'train',
  'evaluate',
  'register',
  'deploy',
  'serve',
  'monitor',
  'retrain',
]
const LETTER: Readonly<Record<LoopStep, string>> = {
  version: 'Ve',
  validate: 'Va',
  train: 'T',
  evaluate: 'E',
  register: 'R',
  deploy: 'D',
  serve: 'S',
  monitor: 'M',
  retrain: 'Re',
}
const TONE: Readonly<Record<LoopState['state'], string>> = {
  quiet: 'var(--good)',
  working: 'var(--accent)',
  warning: 'var(--warning)',
  stuck: 'var(--bad)',
}
const RADIUS = 17
const GAP = 0.09

/** The nine steps of the loop as a ring, clockwise from the top, with the live one lit. */
export function LoopRing({ loop }: { loop: LoopState }) {
  return (
    <svg
      width="44"
      height="44"
      viewBox="-22 -22 44 44"
      role="img"
      aria-label={`Step ${STEPS.indexOf(loop.step) + 1} of 9, ${loop.step}: ${loop.word}`}
    >
      <title>{`${loop.step}: ${loop.word}`}</title>
      {STEPS.map((step, index) => {
        const live = step === loop.step
        return (
          <path
            key={step}
            d={arc(index)}
            fill="none"
            stroke={live ? TONE[loop.state] : 'var(--line)'}
            strokeWidth={live ? 4 : 3}
            strokeLinecap="butt"
          />
        )
      })}
      <text textAnchor="middle" y="4.2" fontSize="12" fontWeight="600" fill="var(--ink)">
        {LETTER[loop.step]}
      </text>
    </svg>
  )
}

function arc(index: number): string {
  const point = (turn: number) => {
    const angle = turn * 2 * Math.PI
    return `${(RADIUS * Math.sin(angle)).toFixed(2)} ${(-RADIUS * Math.cos(angle)).toFixed(2)}`
  }
  const from = (index - 0.5 + GAP) / STEPS.length
  const to = (index + 0.5 - GAP) / STEPS.length
  return `M ${point(from)} A ${RADIUS} ${RADIUS} 0 0 1 ${point(to)}`
}
