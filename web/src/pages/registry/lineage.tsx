import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Passport } from '../../../../src/edges/http/contract.ts'
import { dataQueries } from '../../api/data-queries.ts'
import { shortId } from '../../parts/sentence.tsx'

/** From the version down to the data and the commit. */
export function Lineage({ passport }: { passport: Passport }) {
  const { model, version, run, pipeline_run_id: pipeline, data_hash: data, commit } = passport
  return (
    <dl className="card facts">
      <Fact name="Run">
        {run === null ? null : (
          <>
            <Link to="/runs/$id" params={{ id: run.id }}>
              {run.name}
            </Link>{' '}
            <span className="muted">
              of{' '}
              <Link to="/experiments/$ids" params={{ ids: run.experiment_id }} search={{}}>
                {run.experiment}
              </Link>
            </span>
          </>
        )}
      </Fact>
      {pipeline === null ? null : (
        <Fact name="Training">
          <Link to="/pipelines/runs/$id" params={{ id: pipeline }} search={{}} title={pipeline}>
            <code>{shortId(pipeline)}</code>
          </Link>
        </Fact>
      )}
      <Fact name="Data">{data === null ? null : <Data md5={data} model={model} />}</Fact>
      <Fact name="Commit">{commit === null ? null : <Asked id={commit} />}</Fact>
      <Fact name="Source">
        <code>{passport.source}</code>
      </Fact>
      {passport.digest === null ? null : (
        <Fact name="SHA-256">
          <code>{passport.digest}</code>
        </Fact>
      )}
      <Fact name="All of it">
        <Link to="/why/$id" params={{ id: `${model}/${version}` }}>
          Why this version? →
        </Link>
      </Fact>
    </dl>
  )
}

/** The content by its hash, and the data set that the model is trained on, at that version. */
function Data({ md5, model }: { md5: string; model: string }) {
  const { data } = useQuery(dataQueries.sets())
  const set = data?.items.find(({ models }) => models.includes(model))
  return (
    <>
      <Asked id={md5} />
      {set === undefined ? null : (
        <span className="muted">
          {' '}
          of{' '}
          <Link to="/data/$path" params={{ path: set.path }} search={{ to: md5 }}>
            {set.path}
          </Link>
        </span>
      )}
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="muted">{name}</dt>
      <dd>{children ?? <span className="muted">not known</span>}</dd>
    </div>
  )
}

function Asked({ id }: { id: string }) {
  return (
    <Link to="/why/$id" params={{ id }}>
      <code>{id}</code>
    </Link>
  )
}
