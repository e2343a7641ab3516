import type { ArtifactFile } from '../../../../src/edges/http/contract.ts'
import { FileTree, type TreeFile } from './file-tree.tsx'
import { bytes } from './kinds.ts'
import { Viewer } from './viewer.tsx'

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
      <FileTree
        label="Files"
        ids={[id]}
        filesOf={filesOf}
        isMoving={isMoving}
        file={file}
        onFile={onFile}
        none="No file was logged."
      />
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

function filesOf([files = []]: readonly (readonly ArtifactFile[])[]): readonly TreeFile[] {
  return files.map(({ path, name, is_folder: isFolder, size }) => {
    return { path, name, isFolder, note: size === null ? '' : bytes(size) }
  })
}
