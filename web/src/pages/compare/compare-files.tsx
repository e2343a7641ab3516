import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { TrackedRun } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { Section } from '../../parts/heading.tsx'
import { Failure } from '../../parts/states.tsx'
import { type BothFile, bothFiles, standingOf } from './both-files.ts'
import { FileDifference } from './file-difference.tsx'
import type { CompareView } from './view.ts'
import '../artifacts/artifacts.css'

interface CompareFilesProps {
  readonly runs: readonly TrackedRun[]
  readonly view: CompareView
  readonly onChange: (next: Partial<Record<'left' | 'right' | 'file', string>>) => void
}

/** The files of two of the runs: which has what, and where a file of both differs. */
export function CompareFiles({ runs, view, onChange }: CompareFilesProps) {
  const kept = runs.filter(({ artifacts_here }) => artifacts_here)
  const left = kept.find(({ id }) => id === view.left) ?? kept[0]
  const right = kept.find(({ id }) => id === view.right) ?? kept.find((run) => run !== left)
  if (left === undefined || right === undefined) return null
  const sides = { left: left.id, right: right.id }
  return (
    <Section
      title="Files"
      note={
        <>
          <Side
            label="Left"
            value={left.id}
            runs={kept}
            onChange={(id) => onChange({ left: id })}
          />{' '}
          against{' '}
          <Side
            label="Right"
            value={right.id}
            runs={kept}
            onChange={(id) => onChange({ right: id })}
          />
        </>
      }
    >
      <div className="card artifacts">
        <nav aria-label="Files of both" className="artifact-tree">
          <Folder
            sides={sides}
            path=""
            depth={0}
            file={view.file}
            onFile={(file) => onChange({ file })}
          />
        </nav>
        <div className="artifact-view">
          {view.file === undefined ? (
            <p className="muted">Choose a file to see where the two differ.</p>
          ) : (
            <FileDifference
              key={`${left.id} ${right.id} ${view.file}`}
              left={left}
              right={right}
              path={view.file}
            />
          )}
        </div>
      </div>
    </Section>
  )
}

interface SideProps {
  readonly label: string
  readonly value: string
  readonly runs: readonly TrackedRun[]
  readonly onChange: (id: string) => void
}

function Side({ label, value, runs, onChange }: SideProps) {
  return (
    <select
      className="button picker"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {runs.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  )
}

interface FolderProps {
  readonly sides: { readonly left: string; readonly right: string }
  readonly path: string
  readonly depth: number
  readonly file: string | undefined
  readonly onFile: (path: string) => void
}

function Folder({ path, depth, ...props }: FolderProps) {
  const left = useQuery(trackingQueries.artifacts(props.sides.left, path))
  const right = useQuery(trackingQueries.artifacts(props.sides.right, path))
  const error = left.error ?? right.error
  if (error !== null) return <Failure error={error} />
  if (left.data === undefined || right.data === undefined)
    return <p className="muted small">Fetching the files…</p>
  const files = bothFiles(left.data.items, right.data.items)
  if (files.length === 0) return <p className="muted small">Neither run has logged a file.</p>
  return (
    <ul>
      {files.map((file) => (
        <li key={file.path}>
          {file.isFolder ? (
            <SubFolder {...props} folder={file} depth={depth} />
          ) : (
            <button
              type="button"
              className={file.path === props.file ? 'artifact on' : 'artifact'}
              aria-current={file.path === props.file}
              style={{ paddingLeft: 8 + depth * 16 }}
              onClick={() => props.onFile(file.path)}
            >
              <span className="clip">{file.name}</span>
              <span className="muted small nowrap">{standingOf(file)}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

function SubFolder({
  folder,
  depth,
  ...props
}: Omit<FolderProps, 'path'> & { readonly folder: BothFile }) {
  const [isOpen, setOpen] = useState(props.file?.startsWith(`${folder.path}/`) === true)
  return (
    <>
      <button
        type="button"
        className="artifact"
        aria-expanded={isOpen}
        style={{ paddingLeft: 8 + depth * 16 }}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="clip">
          {isOpen ? '▾' : '▸'} {folder.name}/
        </span>
        <span className="muted small nowrap">{standingOf(folder)}</span>
      </button>
      {isOpen ? <Folder {...props} path={folder.path} depth={depth + 1} /> : null}
    </>
  )
}
