import { Link, useNavigate } from '@tanstack/react-router'
import type { DataSetDetail, DataVersion } from '../../../../src/edges/http/contract.ts'
import { count, plural } from '../../format/numbers.ts'
import { Chip } from '../../parts/chip.tsx'
import { shortId } from '../../parts/sentence.tsx'
import { bytes } from '../artifacts/kinds.ts'
import { Committed } from '../data/committed.tsx'
import type { DataSetView } from './view.ts'

export interface Pair {
  readonly from: string
  /** Undefined for the workspace. */
  readonly to: string | undefined
}

/** What the address asks for; else the newest against the one before, or the workspace against the newest. */
export function comparedIn({ set, versions }: DataSetDetail, view: DataSetView): Pair | null {
  const [newest] = versions
  const to = view.to ?? (set.state === 'modified' ? 'now' : newest?.md5)
  const before = versions[versions.findIndex(({ md5 }) => md5 === to) + 1]
  const from = view.from ?? (to === 'now' ? newest?.md5 : before?.md5)
  if (from === undefined || to === undefined) return null
  return { from, to: to === 'now' ? undefined : to }
}

interface VersionTableProps {
  readonly detail: DataSetDetail
  readonly compared: Pair | null
}

/** The versions over time, the newest first; two marks choose what is compared. */
export function VersionTable({ detail, compared }: VersionTableProps) {
  const { set, versions } = detail
  const most = Math.max(1, ...versions.map(weight))
  const choose = useChoice(set.path, compared)
  return (
    <div className="card scroll bounded-table" role="region" aria-label="Versions" tabIndex={0}>
      <table className="table">
        <caption className="visually-hidden">Versions of {set.path}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Version</th>
            <th scope="col">When</th>
            <th scope="col" className="end">
              Rows
            </th>
            <th scope="col" className="end">
              Size
            </th>
            <th scope="col">By</th>
            <th scope="col">Trained on it</th>
          </tr>
        </thead>
        <tbody>
          {set.state === 'modified' ? (
            <tr>
              <td />
              <td>
                <Mark side="to" md5="now" label="the workspace" pair={compared} onChoose={choose} />
              </td>
              <td>
                <strong>workspace</strong>
              </td>
              <td className="muted" colSpan={5}>
                changed and not recorded yet
              </td>
            </tr>
          ) : null}
          {versions.map((version) => (
            <tr key={`${version.md5} ${version.at}`}>
              <td>
                <Mark
                  side="from"
                  md5={version.md5}
                  label={labelOf(version)}
                  pair={compared}
                  onChoose={choose}
                />
              </td>
              <td>
                <Mark
                  side="to"
                  md5={version.md5}
                  label={labelOf(version)}
                  pair={compared}
                  onChoose={choose}
                />
              </td>
              <td>
                <Name version={version} />
              </td>
              <td>
                <Committed at={version.at} />
              </td>
              <td className="end">
                {version.rows === null ? <span className="muted">–</span> : count(version.rows)}
                <span className="meter" aria-hidden="true">
                  <i style={{ width: `${(weight(version) / most) * 100}%` }} />
                </span>
              </td>
              <td className="end nowrap">{bytes(version.size)}</td>
              <td>
                <Origin version={version} />
              </td>
              <td>
                <Users version={version} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function weight({ rows, size }: DataVersion): number {
  return rows ?? size
}

function labelOf({ md5, names: [name] }: DataVersion): string {
  return name ?? md5.slice(0, 8)
}

function useChoice(path: string, compared: Pair | null) {
  const navigate = useNavigate()
  return (side: 'from' | 'to', md5: string): void => {
    const pair = {
      from: compared?.from,
      to: compared === null ? undefined : (compared.to ?? 'now'),
    }
    const search = Object.fromEntries(
      Object.entries({ ...pair, [side]: md5 }).filter(([, value]) => value !== undefined),
    ) as DataSetView
    void navigate({ to: '/data/$path', params: { path }, search, resetScroll: false })
  }
}

interface MarkProps {
  readonly side: 'from' | 'to'
  readonly md5: string
  readonly label: string
  readonly pair: Pair | null
  readonly onChoose: (side: 'from' | 'to', md5: string) => void
}

function Mark({ side, md5, label, pair, onChoose }: MarkProps) {
  const chosen = side === 'from' ? pair?.from : (pair?.to ?? (pair === null ? undefined : 'now'))
  return (
    <input
      type="radio"
      name={`${side}-version`}
      aria-label={`Compare ${side} ${label}`}
      checked={chosen === md5}
      onChange={() => onChoose(side, md5)}
    />
  )
}

function Name({ version: { md5, names, is_now, is_cached } }: { version: DataVersion }) {
  return (
    <span className="version-name">
      <Link to="/why/$id" params={{ id: md5 }} title={md5}>
        <code>{md5.slice(0, 8)}</code>
      </Link>
      {names.map((name) => (
        <strong key={name}>{name}</strong>
      ))}
      {is_now ? <Chip tone="good" word="here now" /> : null}
      {is_cached ? null : <Chip tone="warning" word="not in the cache" />}
    </span>
  )
}

function Origin({
  version: { commit, author, message, caused_by: cause },
}: {
  version: DataVersion
}) {
  const run = cause?.startsWith('run_') === true ? cause : null
  return (
    <div className="sentence">
      {commit === null ? null : (
        <>
          <Link to="/why/$id" params={{ id: commit }} title={commit}>
            <code>{commit.slice(0, 8)}</code>
          </Link>{' '}
        </>
      )}
      {message === null ? null : <span>{message} </span>}
      {author === null ? null : <span className="muted small">{author} </span>}
      {run === null ? null : (
        <Link to="/pipelines/runs/$id" params={{ id: run }} search={{}} title={run}>
          {shortId(run)}
        </Link>
      )}
    </div>
  )
}

const MOST_MODELS = 4

function Users({ version: { models, runs } }: { version: DataVersion }) {
  if (models.length + runs.length === 0) return <span className="muted">nothing known</span>
  const [first] = runs
  return (
    <span>
      {models.slice(0, MOST_MODELS).map(({ model, version, is_champion }, index) => (
        <span key={`${model}/${version}`}>
          {index === 0 ? '' : ', '}
          <Link to="/registry/$name/$version" params={{ name: model, version: String(version) }}>
            {model} v{version}
          </Link>
          {is_champion ? ' ★' : ''}
        </span>
      ))}
      {models.length > MOST_MODELS ? ` and ${models.length - MOST_MODELS} more` : ''}
      {first === undefined ? null : (
        <div className="muted small">
          read by{' '}
          <Link to="/pipelines/runs/$id" params={{ id: first }} search={{}}>
            {plural(runs.length, 'run')}
          </Link>
        </div>
      )}
    </span>
  )
}
