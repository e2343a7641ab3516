import { Link } from '@tanstack/react-router'
import type { Stage } from '../../../../src/edges/http/contract.ts'
import { Chip } from '../../parts/chip.tsx'

/** `@champion v3`: a name that points at a version. */
export function Alias({
  alias,
  model,
  version,
}: {
  alias: string
  model: string
  version: number
}) {
  return (
    <Link
      to="/registry/$name/$version"
      params={{ name: model, version: String(version) }}
      className={`chip ${alias === 'champion' ? 'good' : 'info'}`}
    >
      @{alias} v{version}
    </Link>
  )
}

/** One of MLflow's stages. */
export function StageChip({ stage }: { stage: Stage }) {
  switch (stage) {
    case 'Production':
      return <Chip tone="good" word="Production" glyph="●" />
    case 'Staging':
      return <Chip tone="info" word="Staging" glyph="◐" />
    case 'Archived':
      return <Chip tone="quiet" word="Archived" glyph="▢" />
    case 'None':
      return <span className="muted">–</span>
  }
}
