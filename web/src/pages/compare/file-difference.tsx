import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { ArtifactText, TrackedRun } from '../../../../src/edges/http/contract.ts'
import { problemOf } from '../../api/problem.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { plural } from '../../format/numbers.ts'
import { Failure, Loading } from '../../parts/states.tsx'
import { bytes } from '../artifacts/kinds.ts'
import { type DiffRow, diffRows } from './diff.ts'
import { DiffTable } from './diff-table.tsx'
import { shownLines } from './shown-text.ts'

interface FileDifferenceProps {
  readonly left: TrackedRun
  readonly right: TrackedRun
  readonly path: string
}

/** One file of two runs, side by side, as text. */
export function FileDifference({ left, right, path }: FileDifferenceProps) {
  const ours = useQuery(trackingQueries.artifactText(left.id, path))
  const theirs = useQuery(trackingQueries.artifactText(right.id, path))
  const isMissing = [ours, theirs].map(
    ({ error }) => error !== null && problemOf(error).status === 404,
  )
  const error = [ours, theirs].find((one, index) => one.error !== null && isMissing[index] !== true)
  if (error !== undefined) return <Failure error={error.error} />
  if ([ours, theirs].some(({ isPending }) => isPending)) return <Loading what="the file" />
  if (ours.data === undefined && theirs.data === undefined)
    return <p className="muted">Neither run has this file.</p>
  return (
    <Difference
      path={path}
      left={{ name: left.name, file: ours.data ?? null }}
      right={{ name: right.name, file: theirs.data ?? null }}
    />
  )
}

interface Side {
  readonly name: string
  readonly file: ArtifactText | null
}

interface DifferenceProps {
  readonly path: string
  readonly left: Side
  readonly right: Side
}

const NARROW = '(max-width: 900px)'

function Difference({ path, left, right }: DifferenceProps) {
  const isNarrow = useMediaQuery(NARROW) ?? false
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const rows = useMemo(
    () => diffRows(linesOf(path, left), linesOf(path, right)),
    [path, left.file, right.file],
  )
  const sizes = [left, right].map(({ file }) => (file === null ? 'not there' : bytes(file.size)))
  if ([left, right].some(({ file }) => file?.is_text === false))
    return (
      <p className="muted">
        <code>{path}</code>: {sizes.join(' on the left, ')} on the right; they are no text.
      </p>
    )
  return (
    <>
      <div className="artifact-head">
        <code>{path}</code>
        <span className="small">{verdictOf(rows, left, right)}</span>
      </div>
      <DiffTable
        rows={rows}
        names={[left.name, right.name]}
        opened={opened}
        onOpen={(at) => setOpened(new Set([...opened, at]))}
        isNarrow={isNarrow}
      />
      {[left, right].some(({ file }) => file?.truncated === true) ? (
        <p className="muted small">
          Only the beginning was read, of {sizes.join(' on the left and ')} on the right.
        </p>
      ) : null}
    </>
  )
}

function linesOf(path: string, { file }: Side): readonly string[] {
  return file === null ? [] : shownLines(path, file.text)
}

function verdictOf(rows: readonly DiffRow[], left: Side, right: Side): string {
  if (left.file === null) return `Only ${right.name} has it.`
  if (right.file === null) return `Only ${left.name} has it.`
  const differ = rows.filter(({ kind }) => kind !== 'same').length
  if (differ > 0) return `${plural(differ, 'line')} of ${rows.length} differ.`
  return left.file.text === right.file.text
    ? 'They are the same.'
    : 'They say the same, in another order or spacing.'
}
