import { useState } from 'react'
import { rawAddress } from '../../api/tracking-queries.ts'

/**
 * Markup of people, in a frame that is an origin of its own and has no network. Its scripts run only when asked for:
 * figures of Plotly need them.
 */
export function FrameViewer({ id, path }: { id: string; path: string }) {
  const [scripts, setScripts] = useState(false)
  return (
    <>
      <iframe
        key={String(scripts)}
        title={path}
        src={rawAddress(id, path, scripts ? 'scripts' : 'frame')}
        sandbox={scripts ? 'allow-scripts' : ''}
        referrerPolicy="no-referrer"
      />
      <p className="muted small">
        Shown in a frame without network or access to this page.{' '}
        {scripts ? (
          'Its scripts run.'
        ) : (
          <button type="button" className="bare" onClick={() => setScripts(true)}>
            Run its scripts
          </button>
        )}
      </p>
    </>
  )
}
