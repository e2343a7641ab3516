import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { CheckReport, DataSet } from '../../../../src/edges/http/contract.ts'
import { dataQueries } from '../../api/data-queries.ts'
import { count, plural } from '../../format/numbers.ts'
import { Chip } from '../../parts/chip.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import '../../parts/small-table.css'

type Check = CheckReport['checks'][number]

/** What was checked against the contract, and the rows that broke it. */
export function Reports({ set, open }: { set: DataSet; open: string | undefined }) {
  const query = useQuery(dataQueries.reports(set.path))
  return (
    <Loaded query={query} what="the checks">
      {({ items }) => {
        const shown = items.find(({ id }) => id === open) ?? items[0]
        return shown === undefined ? (
          <NoReport set={set} />
        ) : (
          <>
            <Report report={shown} />
            <Earlier set={set} items={items} shown={shown.id} />
          </>
        )
      }}
    </Loaded>
  )
}

function NoReport({ set: { path, contract } }: { set: DataSet }) {
  return contract === null ? (
    <Empty
      title="It has no contract"
      command={`models:\n  NAME:\n    data: { contract: contracts/NAME.yaml }`}
    >
      A contract says what each column must be. Deliveries that break it are refused before any
      model learns from them. It is named in ratchet.yaml, of a model that is trained on this.
    </Empty>
  ) : (
    <Empty title={`${contract} was not checked yet`} command={`ratchet check ${path}`}>
      Each delivery is checked when it comes in. This checks a file now.
    </Empty>
  )
}

function Report({ report }: { report: CheckReport }) {
  const { verdict, file, contract, rows, at, checks, failures, id } = report
  const broken = checks.filter((check) => check.verdict === 'failed')
  return (
    <div className="card report">
      <p>
        {verdict === 'passed' ? (
          <Chip tone="good" word="holds" />
        ) : (
          <Chip tone="warning" word="refused" glyph="✕" />
        )}{' '}
        <strong>
          {failures === 0
            ? `All ${plural(checks.length, 'check')} passed`
            : `${failures} of ${plural(checks.length, 'check')} failed`}
        </strong>{' '}
        on {plural(rows, 'row')} of <code>{file}</code> against <code>{contract}</code>,{' '}
        <When at={at} />.{' '}
        <Link to="/why/$id" params={{ id }}>
          Why
        </Link>
      </p>
      {broken.map((check) => (
        <Broken key={`${check.check} ${check.column ?? ''}`} check={check} />
      ))}
    </div>
  )
}

function Broken({ check }: { check: Check }) {
  const { message, failing, examples } = check
  return (
    <div className="broken">
      <p>{message}</p>
      {examples.length === 0 ? null : (
        <table className="small-table">
          <caption className="visually-hidden">Rows that break it</caption>
          <thead>
            <tr>
              <th scope="col">Row</th>
              <th scope="col">Column</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {examples.map(({ row, column: name, value }) => (
              <tr key={`${row} ${name}`}>
                <th scope="row">{count(row)}</th>
                <td>{name}</td>
                <td>
                  {value === null ? <span className="muted">nothing</span> : <code>{value}</code>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {failing > examples.length && examples.length > 0 ? (
        <p className="muted small">
          The first {examples.length} of {count(failing)}.
        </p>
      ) : null}
    </div>
  )
}

interface EarlierProps {
  readonly set: DataSet
  readonly items: readonly CheckReport[]
  readonly shown: string
}

function Earlier({ set, items, shown }: EarlierProps) {
  if (items.length < 2) return null
  return (
    <details className="earlier">
      <summary>{plural(items.length, 'check')} are kept</summary>
      <ul>
        {items.map(({ id, at, verdict, failures, file }) => (
          <li key={id}>
            <Link
              to="/data/$path"
              params={{ path: set.path }}
              search={{ report: id }}
              resetScroll={false}
              aria-current={id === shown ? 'true' : undefined}
            >
              <When at={at} as="stamp" />
            </Link>{' '}
            {verdict === 'passed' ? (
              <Chip tone="good" word="holds" />
            ) : (
              <Chip tone="warning" word={`${failures} broken`} glyph="✕" />
            )}{' '}
            <span className="muted small">{file}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
