import type { Model } from '../../../../src/edges/http/contract.ts'
import { CommandButton } from '../../parts/command-button.tsx'

/** What a person can do with a model. */
export function ModelButtons({ model }: { model: Model }) {
  const { name, champion, rollback_to: earlier } = model
  const path = `/models/${encodeURIComponent(name)}`
  return (
    <>
      {model.retraining ? null : (
        <CommandButton
          label="Retrain"
          path={`${path}/retrain`}
          explain="Trains on the newest data by the policy of ratchet.yaml. The result still has to pass the gate and the rollout; the champion answers meanwhile."
        />
      )}
      {earlier === null || champion === null ? null : (
        <CommandButton
          label={`Roll back to v${earlier}`}
          path={`${path}/rollback`}
          body={{ version: earlier }}
          kind="danger"
          confirmName={name}
          explain={`v${earlier} answers everything from now on, and v${champion.version} is no longer the champion. A rollout under way is aborted.`}
        />
      )}
    </>
  )
}
