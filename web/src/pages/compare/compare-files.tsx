import type { ArtifactFile, TrackedRun } from '../../../../src/edges/http/contract.ts'
import { Section } from '../../parts/heading.tsx'
import { FileTree } from '../artifacts/file-tree.tsx'
import { bothFiles, standingOf } from './both-files.ts'
import { FileDifference } from './file-difference.tsx'
import type { CompareView } from './view.ts'

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
        <FileTree
          label="Files of both"
          ids={[left.id, right.id]}
          filesOf={filesOf}
          file={view.file}
          onFile={(file) => onChange({ file })}
          none="Neither run has logged a file."
        />
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

function filesOf([left = [], right = []]: readonly (readonly ArtifactFile[])[]) {
  return bothFiles(left, right).map((file) => ({ ...file, note: standingOf(file) }))
}
