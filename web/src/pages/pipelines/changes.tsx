import type { StageChange } from '../../../../src/edges/http/contract.ts'
import { pieceOf } from './change-text.ts'
import { leavesOf } from './leaves.ts'
import '../../parts/small-table.css'

const KIND: Readonly<Record<StageChange['kind'], string>> = {
  new: 'never ran here',
  command: 'command',
  dep: 'file',
  param: 'parameter',
  out: 'output',
  always: 'always runs',
  forced: 'asked for',
}

const HASH = /^[0-9a-f]{32}(\.dir)?$/

/** Which file, parameter or command changed, from what to what. */
export function Changes({ changes }: { changes: readonly StageChange[] }) {
  return (
    <table className="small-table">
      <caption className="visually-hidden">What changed</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Which</th>
          <th scope="col">Was</th>
          <th scope="col">Is</th>
        </tr>
      </thead>
      <tbody>
        {leavesOf(changes).map((change) => (
          <tr key={`${change.kind} ${change.subject}`}>
            <td className="muted nowrap">{KIND[change.kind]}</td>
            <th scope="row">
              <code>{change.subject}</code>
            </th>
            <Value value={change.from} other={change.to} change={change} className="was" />
            <Value value={change.to} other={change.from} change={change} className="is" />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface ValueProps {
  readonly value: string | null
  readonly other: string | null
  readonly change: StageChange
  readonly className: string
}

function Value({ value, other, change: { kind }, className }: ValueProps) {
  const isPlain = kind === 'new' || kind === 'always' || kind === 'forced'
  if (value === null) return <td className="muted">{isPlain ? '' : 'nothing'}</td>
  return (
    <td>
      <code className={kind === 'command' ? `${className} long` : className} title={value}>
        {kind === 'command' && other !== null ? pieceOf(value, other) : shortOf(value)}
      </code>
    </td>
  )
}

function shortOf(value: string): string {
  return HASH.test(value) ? value.slice(0, 8) : value
}
