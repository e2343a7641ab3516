import type { Rollout, RolloutAction } from '../../../../src/edges/http/contract.ts'
import { CommandButton } from '../../parts/command-button.tsx'

/** In the order in which they stand; those that are not allowed now are not there. */
const ORDER: readonly RolloutAction[] = ['resume', 'pause', 'abort', 'promote']

export function RolloutButtons({ rollout }: { rollout: Rollout }) {
  return ORDER.filter((action) => rollout.actions.includes(action)).map((action) => (
    <RolloutButton key={action} rollout={rollout} action={action} />
  ))
}

function RolloutButton({ rollout, action }: { rollout: Rollout; action: RolloutAction }) {
  const path = `/rollouts/${encodeURIComponent(rollout.id)}/${action}`
  const { version, champion, model } = rollout
  switch (action) {
    case 'pause':
      return (
        <CommandButton
          label="Pause"
          path={path}
          explain={`The split stays as it is, and v${version} is not moved on until you resume. Guards still abort.`}
        />
      )
    case 'resume':
      return (
        <CommandButton
          label="Resume"
          path={path}
          explain={`v${version} goes on by its steps, from where it was paused.`}
        />
      )
    case 'abort':
      return (
        <CommandButton
          label="Abort"
          path={path}
          kind="danger"
          confirmName={model}
          explain={`v${champion} answers everything from now on, and this rollout of v${version} is over. It does not go on later: a new rollout starts from the first step.`}
        />
      )
    case 'promote':
      return (
        <CommandButton
          label="Promote now"
          path={path}
          kind="primary"
          confirmName={model}
          explain={`v${version} answers everything from now on, without the proof that is still missing. v${champion} stays ready: a rollback brings it back at once.`}
        />
      )
  }
}
