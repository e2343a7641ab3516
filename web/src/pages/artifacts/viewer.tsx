import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import type { ArtifactText } from '../../../../src/edges/http/contract.ts'
import { rawAddress, trackingQueries } from '../../api/tracking-queries.ts'
import { Loaded } from '../../parts/states.tsx'
import { FrameViewer } from './frame-viewer.tsx'
import { bytes, viewerOf } from './kinds.ts'
import { ModelViewer } from './model-viewer.tsx'
import { RowsViewer } from './rows-viewer.tsx'

// Read only by those who open a document.
const Markdown = lazy(async () => ({
  default: (await import('../../parts/markdown.tsx')).Markdown,
}))

/** One file, as what it is; whatever it holds is shown, never run. */
export function Viewer({ id, path }: { id: string; path: string }) {
  return (
    <>
      <div className="artifact-head">
        <code>{path}</code>
        <a href={rawAddress(id, path, 'file')} download={path.split('/').at(-1)} className="small">
          Download
        </a>
      </div>
      <Shown id={id} path={path} />
    </>
  )
}

function Shown({ id, path }: { id: string; path: string }) {
  const kind = viewerOf(path)
  switch (kind) {
    case 'image':
      return <img src={rawAddress(id, path, 'file')} alt={path} />
    case 'table':
      return <RowsViewer id={id} path={path} />
    case 'frame':
      return <FrameViewer id={id} path={path} />
    case 'model':
      return <ModelViewer id={id} path={path} />
    case 'markdown':
    case 'json':
    case 'text':
      return <TextViewer id={id} path={path} kind={kind} />
  }
}

interface TextViewerProps {
  readonly id: string
  readonly path: string
  readonly kind: 'markdown' | 'json' | 'text'
}

function TextViewer({ id, path, kind }: TextViewerProps) {
  const query = useQuery(trackingQueries.artifactText(id, path))
  return (
    <Loaded query={query} what="the file">
      {(file) => <Text file={file} kind={kind} />}
    </Loaded>
  )
}

function Text({ file, kind }: { file: ArtifactText; kind: TextViewerProps['kind'] }) {
  if (!file.is_text)
    return (
      <p className="muted">{bytes(file.size)} that are no text. Download the file to use it.</p>
    )
  return (
    <>
      {kind === 'markdown' ? (
        <Suspense fallback={<pre className="file">{file.text}</pre>}>
          <Markdown text={file.text} />
        </Suspense>
      ) : (
        <pre className="file" tabIndex={0}>
          {kind === 'json' && !file.truncated ? pretty(file.text) : file.text}
        </pre>
      )}
      {file.truncated ? (
        <p className="muted small">
          The beginning of {bytes(file.size)}; download the file to see all of it.
        </p>
      ) : null}
    </>
  )
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
