import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { useLive } from '../api/live.ts'
import { CrumbsPlace } from './crumbs.tsx'
import { Keys } from './keys.tsx'
import { useShortcuts, type Overlay } from './shortcuts.ts'
import { Navigation } from './navigation.tsx'
import { Palette } from './palette.tsx'
import { TopBar } from './top-bar.tsx'
import './frame.css'

/** What stands around every page: navigation, the bar, the palette, the keys, the live line. */
export function Frame() {
  const connection = useLive()
  const [overlay, setOverlay] = useState<Overlay>('none')
  const [crumbs, setCrumbs] = useState<HTMLElement | null>(null)
  useShortcuts(setOverlay)
  const close = () => setOverlay('none')
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Navigation onHelp={() => setOverlay('keys')} />
      <div className="column">
        <TopBar
          connection={connection}
          onSearch={() => setOverlay('palette')}
          crumbsPlace={setCrumbs}
        />
        <main id="main" tabIndex={-1}>
          <CrumbsPlace value={crumbs}>
            <Outlet />
          </CrumbsPlace>
        </main>
      </div>
      {overlay === 'palette' ? <Palette onClose={close} /> : null}
      {overlay === 'keys' ? <Keys onClose={close} /> : null}
    </div>
  )
}
