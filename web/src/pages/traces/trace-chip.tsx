import type { TraceInfo } from '../../../../src/edges/http/contract.ts'
import { Chip } from '../../parts/chip.tsx'

export function TraceChip({ state }: { state: TraceInfo['state'] }) {
  switch (state) {
    case 'OK':
      return <Chip tone="good" word="went well" />
    case 'ERROR':
      return <Chip tone="bad" word="failed" />
    case 'IN_PROGRESS':
      return <Chip tone="info" word="running" />
    case 'STATE_UNSPECIFIED':
      return <Chip tone="quiet" word="not said" />
  }
}
