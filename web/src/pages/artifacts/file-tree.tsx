import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import type { ArtifactFile } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { Failure } from '../../parts/states.tsx'
import './artifacts.css'

export interface TreeFile {
  readonly path: string
  readonly name: string
  readonly isFolder: boolean
  /** What is said of it in the margin. */
  readonly note: string
}

interface FileTreeProps {
  readonly label: string
  /** The runs or logged models whose files are laid together. */
  readonly ids: readonly string[]
  /** Of one folder, from what each of them has in it. */
  readonly filesOf: (folders: readonly (readonly ArtifactFile[])[]) => readonly TreeFile[]
  /** Whether more may come. */
  readonly isMoving?: boolean
  readonly file: string | undefined
  readonly onFile: (path: string) => void
  /** Where there is no file at all. */
  readonly none: string
}

const MOVING_MS = 3000

/** Files as a tree whose folders are fetched as they are opened. */
export function FileTree({ label, ...props }: FileTreeProps) {
  return (
    <nav aria-label={label} className="artifact-tree">
      <Folder {...props} path="" depth={0} />
    </nav>
  )
}

interface FolderProps extends Omit<FileTreeProps, 'label'> {
  readonly path: string
  readonly depth: number
}

function Folder({ path, depth, ...props }: FolderProps) {
  const answers = useQueries({
    queries: props.ids.map((id) => ({
      ...trackingQueries.artifacts(id, path),
      refetchInterval: props.isMoving === true ? MOVING_MS : (false as const),
    })),
  })
  const folders = answers.flatMap(({ data }) => (data === undefined ? [] : [data.items]))
  const failed = answers.find(({ data, isError }) => data === undefined && isError)
  if (failed !== undefined) return <Failure error={failed.error} />
  if (folders.length < answers.length) return <p className="muted small">Fetching the files…</p>
  const files = props.filesOf(folders)
  if (files.length === 0)
    return <p className="muted small">{depth === 0 ? props.none : 'Nothing is in it.'}</p>
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
              style={indent(depth)}
              onClick={() => props.onFile(file.path)}
            >
              <span className="clip" title={file.name}>
                {file.name}
              </span>
              <span className="muted small nowrap">{file.note}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

interface SubFolderProps extends Omit<FolderProps, 'path'> {
  readonly folder: TreeFile
}

function SubFolder({ folder, depth, ...props }: SubFolderProps) {
  const [isOpen, setOpen] = useState(props.file?.startsWith(`${folder.path}/`) === true)
  return (
    <>
      <button
        type="button"
        className="artifact"
        aria-expanded={isOpen}
        style={indent(depth)}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="clip">
          {isOpen ? '▾' : '▸'} {folder.name}/
        </span>
        <span className="muted small nowrap">{folder.note}</span>
      </button>
      {isOpen ? <Folder {...props} path={folder.path} depth={depth + 1} /> : null}
    </>
  )
}

function indent(depth: number) {
  return { paddingLeft: 8 + depth * 16 }
}
