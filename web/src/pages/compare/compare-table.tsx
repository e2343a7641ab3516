import { Link } from '@tanstack/react-router'
import type { TrackedRun } from '../../../../src/edges/http/contract.ts'
import { seriesLook, usePalette } from '../../charts/palette.ts'
import { StatusMark } from '../runs/run-status.tsx'
import type { ComparedValue } from './comparison.ts'
import '../../parts/data-table.css'
import './compare.css'

const TITLES = { about: 'About', metric: 'Metrics', param: 'Params', tag: 'Tags' } as const

/** Values as rows, runs as columns; the names of both stay in sight. */
export function CompareTable({
  runs,
  rows,
}: {
  runs: readonly TrackedRun[]
  rows: readonly ComparedValue[]
}) {
  const palette = usePalette()
  const kinds = (['metric', 'param', 'tag', 'about'] as const).filter((kind) =>
    rows.some((row) => row.kind === kind),
  )
  return (
    <div className="card scroll compare" role="region" aria-label="Compared values" tabIndex={0}>
      <table className="table">
        <caption className="visually-hidden">Values of the runs side by side</caption>
        <thead>
          <tr>
            <th scope="col">Value</th>
            {runs.map(({ id, name, status }, place) => (
              <th scope="col" key={id}>
                <StatusMark status={status} />{' '}
                <i
                  className="run-colour"
                  style={{ background: seriesLook(palette, place).colour }}
                />{' '}
                <Link to="/runs/$id" params={{ id }}>
                  {name}
                </Link>
              </th>
            ))}
          </tr>
        </thead>
        {kinds.map((kind) => (
          <tbody key={kind}>
            <tr className="kind">
              <th scope="rowgroup" colSpan={runs.length + 1}>
                {TITLES[kind]}
              </th>
            </tr>
            {rows
              .filter((row) => row.kind === kind)
              .map((row) => (
                <Values key={row.key} row={row} runs={runs} />
              ))}
          </tbody>
        ))}
      </table>
    </div>
  )
}

function Values({ row, runs }: { row: ComparedValue; runs: readonly TrackedRun[] }) {
  return (
    <tr>
      <th scope="row">{row.key}</th>
      {row.values.map((value, index) => (
        <td key={runs[index]?.id ?? index} className={row.differs ? 'differs' : undefined}>
          {value === null ? <span className="muted">–</span> : value}
          {index === row.least ? <Extreme word="least" sign="↓" /> : null}
          {index === row.greatest ? <Extreme word="greatest" sign="↑" /> : null}
        </td>
      ))}
    </tr>
  )
}

function Extreme({ word, sign }: { word: string; sign: string }) {
  return (
    <span className="muted small" title={word}>
      {' '}
      <span aria-hidden="true">{sign}</span>
      <span className="visually-hidden">{word}</span>
    </span>
  )
}
