import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ArtifactFile } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { Failure } from '../../parts/states.tsx'
import { bytes } from './kinds.ts'
import { Viewer } from './viewer.tsx'
import './artifacts.css'

interface ArtifactsProps {
  /** A run, or a logged model. */
  readonly id: string
  readonly file: string | undefined
  readonly onFile: (path: string) => void
  /** Whether more may come. */
  readonly isMoving: boolean
}

/** Files as a tree, and the chosen one beside it. */
export function Artifacts({ id, file, onFile, isMoving }: ArtifactsProps) {
  return (
    <div className="card artifacts">
      <nav aria-label="Files" className="artifact-tree">
        <Folder id={id} path="" depth={0} file={file} onFile={onFile} isMoving={isMoving} />
      </nav>
      <div className="artifact-view">
        {file === undefined ? (
          <p className="muted">Choose a file to look at it.</p>
        ) : (
          <Viewer key={`${id} ${file}`} id={id} path={file} />
        )}
      </div>
    </div>
  )
}

interface FolderProps extends ArtifactsProps {
  readonly path: string
  readonly depth: number
}

const MOVING_MS = 3000

function Folder({ path, depth, ...props }: FolderProps) {
  const query = useQuery({
    ...trackingQueries.artifacts(props.id, path),
    refetchInterval: props.isMoving ? MOVING_MS : false,
  })
  if (query.isError) return <Failure error={query.error} />
  if (query.data === undefined) return <p className="muted small">Fetching the files…</p>
  if (query.data.items.length === 0)
    return (
      <p className="muted small">{depth === 0 ? 'No file was logged.' : 'Nothing is in it.'}</p>
    )
  return (
    <ul>
      {query.data.items.map((item) => (
        <li key={item.path}>
          {item.is_folder ? (
            <SubFolder {...props} item={item} depth={depth} />
          ) : (
            <button
              type="button"
              className={item.path === props.file ? 'artifact on' : 'artifact'}
              aria-current={item.path === props.file}
              style={{ paddingLeft: 8 + depth * 16 }}
              onClick={() => props.onFile(item.path)}
            >
              <span className="clip">{item.name}</span>
              <span className="muted small nowrap">
                {item.size === null ? '' : bytes(item.size)}
              </span>
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

function SubFolder({
  item,
  depth,
  ...props
}: ArtifactsProps & { item: ArtifactFile; depth: number }) {
  const holdsChosen = props.file?.startsWith(`${item.path}/`) === true
  const [isOpen, setOpen] = useState(holdsChosen)
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
          {isOpen ? '▾' : '▸'} {item.name}/
        </span>
      </button>
      {isOpen ? <Folder {...props} path={item.path} depth={depth + 1} /> : null}
    </>
  )
}
