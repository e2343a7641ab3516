import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import type { Model } from '../../../../src/edges/http/contract.ts'
import { queries } from '../../api/queries.ts'
import { estimate, number } from '../../format/numbers.ts'
import { capitalised, metricName } from '../../format/names.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { Sentence, withoutModel } from '../../parts/sentence.tsx'
import { Loaded } from '../../parts/states.tsx'
import { VersionTable } from '../../parts/version-table.tsx'
import { When } from '../../parts/when.tsx'
import { History } from './history.tsx'
import { ModelButtons } from './model-buttons.tsx'

/** What changed, and why: everything that happened to one model, on one time axis. */
export function ModelPage() {
  const { name } = useParams({ from: '/models/$name' })
  const model = useQuery(queries.model(name))
  const timeline = useQuery({
    ...queries.timeline(name, useSearch({ from: '/models/$name' })),
    // While the finer windows come, the coarser ones stay; those of another model do not.
    placeholderData: (before) => (before?.model === name ? before : undefined),
  })
  return (
    <>
      <Crumbs>
        <Link to="/models">Models</Link> / {name}
      </Crumbs>
      <Loaded isPage query={model} what={name}>
        {(found) => (
          <>
            <Heading title={name} actions={<ModelButtons model={found} />}>
              <Standing model={found} />
            </Heading>
            <Loaded query={timeline} what="its history">
              {(history) => <History timeline={history} />}
            </Loaded>
            <Section title="Versions" note="What each was made from, and what became of it.">
              <div className="bounded">
                <VersionTable model={name} />
              </div>
            </Section>
          </>
        )}
      </Loaded>
    </>
  )
}

function Standing({ model }: { model: Model }) {
  const { champion, quality, last_decision: decision, rollout_id: rollout } = model
  return (
    <>
      {champion === null ? (
        'No champion yet. '
      ) : (
        <>
          Champion <strong>v{champion.version}</strong>, <When at={champion.since} as="age" />{' '}
          old.{' '}
        </>
      )}
      {quality === null ? null : <QualityNow quality={quality} />}
      <AgainstAlone model={model} />
      {decision === null ? null : (
        <>
          <Sentence text={withoutModel(decision.sentence, model.name)} />{' '}
        </>
      )}
      {rollout === null ? null : (
        <Link to="/rollouts/$id" params={{ id: rollout }}>
          A rollout is under way →
        </Link>
      )}
    </>
  )
}

function QualityNow({ quality }: { quality: NonNullable<Model['quality']> }) {
  const { metric, value, interval, guard } = quality
  const name = capitalised(metricName(metric.name))
  if (value === null) return `${name}: too few labels to say. `
  return (
    <span
      title={
        interval === null
          ? undefined
          : `${number(interval.confidence * 100)} % interval ${number(interval.lo)} to ${number(interval.hi)} ${metric.unit}`
      }
    >
      {name} {estimate(value, interval)} {metric.unit}
      {guard === null ? '' : ` against a guard of ${number(guard)}`}.{' '}
    </span>
  )
}

/** The promise in one number: how much better than the first model, had it been left alone. */
function AgainstAlone({ model: { compared, quality } }: { model: Model }) {
  if (compared === null || compared.alone === 0 || quality === null) return null
  const change = (1 - compared.value / compared.alone) * 100
  // The first model is compared with itself until another one answers.
  if (Math.abs(change) < 0.5) return null
  const side = change >= 0 ? 'below' : 'above'
  return (
    <span
      title={`${number(compared.value)} against ${number(compared.alone)} ${quality.metric.unit}`}
    >
      Over its whole history <strong>{number(Math.abs(change))} %</strong> {side} the first model
      left alone.{' '}
    </span>
  )
}
