import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Passport } from '../../../../src/edges/http/contract.ts'
import { registryQueries } from '../../api/registry-queries.ts'
import { count } from '../../format/numbers.ts'
import { day } from '../../format/times.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { VerdictChip } from '../../parts/chip.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { RolloutChip } from '../../parts/rollout-chip.tsx'
import { Id } from '../../parts/sentence.tsx'
import { Loaded } from '../../parts/states.tsx'
import { VersionChip } from '../../parts/version-table.tsx'
import { When } from '../../parts/when.tsx'
import { Signature } from '../artifacts/model-viewer.tsx'
import { Changes } from './changes.tsx'
import { Description } from './description.tsx'
import { StageChip } from './labels.tsx'
import { Lineage } from './lineage.tsx'
import { Snippets } from './snippets.tsx'
import { TagRows } from './tag-rows.tsx'
import { VersionCommands } from './version-commands.tsx'
import './registry.css'

/** A version's passport: where it comes from, what was decided on it, where it answers, how to call it. */
export function PassportPage() {
  const { name, version }: { name: string; version: string } = useParams({
    from: '/registry/$name/$version',
  })
  const query = useQuery(registryQueries.passport(name, version))
  return (
    <>
      <Crumbs>
        <Link to="/registry">Registry</Link> /{' '}
        <Link to="/registry/$name" params={{ name }}>
          {name}
        </Link>{' '}
        / v{version}
      </Crumbs>
      <Loaded isPage query={query} what="the passport">
        {(passport) => <Pages passport={passport} />}
      </Loaded>
    </>
  )
}

function Pages({ passport }: { passport: Passport }) {
  const { model, version, description, tags, signature } = passport
  const path = `/registry/${encodeURIComponent(model)}/versions/${version}`
  return (
    <>
      <Heading
        title={titleOf(passport)}
        tab={`${model} v${version}`}
        actions={<VersionCommands passport={passport} path={path} />}
      >
        <Standing passport={passport} />
      </Heading>
      <Description text={description} />
      <div className="passport">
        <Section title="Where it comes from">
          <Lineage passport={passport} />
        </Section>
        <Section title="What was decided on it">
          <Decisions passport={passport} />
        </Section>
      </div>
      <Section title="What it takes and gives">
        {signature === null ? (
          <p className="muted">
            Nobody says: there is no MLmodel file beside it, and it is not loaded for answering. Log
            it with <code>signature=infer_signature(X, y)</code>.
          </p>
        ) : (
          <div className="signature">
            <Signature model={signature} />
          </div>
        )}
      </Section>
      <Snippets passport={passport} />
      <TagRows tags={tags} path={`${path}/tag`} />
      <Changes name={model} version={version} />
    </>
  )
}

function titleOf({ model, version, serving, became }: Passport): string {
  if (serving?.role === 'champion') return `${model} v${version} is answering`
  if (serving?.role === 'challenger') return `${model} v${version} is being rolled out`
  if (became === 'refused') return `${model} v${version} was refused`
  if (became === 'rolled_back') return `${model} v${version} was rolled back`
  if (became === 'retired') return `${model} v${version} is retired`
  return `${model} v${version} answers nowhere`
}

function Standing({
  passport: { aliases, stage, created_at, user, became },
}: {
  passport: Passport
}) {
  return (
    <span className="labels">
      {became === null ? null : <VersionChip status={became} />}
      {aliases.map((alias) => (
        <span key={alias} className={`chip ${alias === 'champion' ? 'good' : 'info'}`}>
          @{alias}
        </span>
      ))}
      {stage === 'None' ? null : <StageChip stage={stage} />}
      <span>
        Made <When at={created_at} />
        {user === null || user === '' ? '' : ` by ${user}`}.
      </span>
    </span>
  )
}

function Decisions({
  passport: { gate, rollout, serving, trained_on, caused_by },
}: {
  passport: Passport
}) {
  return (
    <dl className="card facts">
      <div>
        <dt className="muted">Gate</dt>
        <dd>
          {gate === null ? (
            <span className="muted">none was asked</span>
          ) : (
            <>
              <VerdictChip verdict={gate.verdict} /> {gate.sentence}{' '}
              <Link to="/gates/$id" params={{ id: gate.id }}>
                {gate.rows === 0 ? 'evidence →' : `evidence of ${count(gate.rows)} rows →`}
              </Link>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt className="muted">Rollout</dt>
        <dd>
          {rollout === null ? (
            <span className="muted">none</span>
          ) : (
            <>
              <RolloutChip state={rollout.state} />{' '}
              <Link to="/rollouts/$id" params={{ id: rollout.id }}>
                began <When at={rollout.started_at} /> →
              </Link>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt className="muted">Answers</dt>
        <dd>
          {serving === null ? (
            <span className="muted">nowhere</span>
          ) : (
            <>
              as {serving.role} of the endpoint <strong>{serving.endpoint}</strong>
              {serving.url === null ? ', whose process is away' : null}
              {serving.url === null ? null : (
                <>
                  {' '}
                  at <code>{serving.url}</code>
                </>
              )}
            </>
          )}
        </dd>
      </div>
      {trained_on === null ? null : (
        <div>
          <dt className="muted">Trained on</dt>
          <dd>
            {trained_on.from === null ? 'all' : day(trained_on.from)} until {day(trained_on.until)}
          </dd>
        </div>
      )}
      {caused_by === null ? null : (
        <div>
          <dt className="muted">Cause</dt>
          <dd>
            <Id id={caused_by} />
          </dd>
        </div>
      )}
    </dl>
  )
}
