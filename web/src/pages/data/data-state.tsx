import type { DataState } from '../../../../src/edges/http/contract.ts'
import { Chip } from '../../parts/chip.tsx'

export function DataChip({ state }: { state: DataState }) {
  switch (state) {
    case 'unchanged':
      return <Chip tone="good" word="as recorded" />
    case 'modified':
      return <Chip tone="info" word="changed" />
    case 'new':
      return <Chip tone="quiet" word="not recorded" />
    case 'deleted':
      return <Chip tone="warning" word="not here" />
    case 'missing':
      return <Chip tone="bad" word="lost here" />
  }
}
