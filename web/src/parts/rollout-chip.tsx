import type { RolloutState } from '../../../src/edges/http/contract.ts'
import { Chip } from './chip.tsx'

export function RolloutChip({ state }: { state: RolloutState }) {
  switch (state) {
    case 'running':
      return <Chip tone="info" word="running" />
    case 'paused':
      return <Chip tone="warning" word="paused" glyph="‖" />
    case 'promoted':
      return <Chip tone="good" word="promoted" />
    case 'aborted':
      return <Chip tone="warning" word="aborted" glyph="✕" />
    case 'rolled_back':
      return <Chip tone="warning" word="rolled back" glyph="↩" />
  }
}
