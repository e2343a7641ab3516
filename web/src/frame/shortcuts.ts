import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { PLACES } from './places.ts'

export type Overlay = 'none' | 'palette' | 'keys'

/** How long `g` waits for the letter of a place. */
const SEQUENCE_MS = 1200

/** `⌘K` and `/` search, `?` shows the keys, `g` then a letter goes places. Not while one types. */
export function useShortcuts(open: (overlay: Overlay) => void): void {
  const navigate = useNavigate()
  useEffect(() => {
    let goingUntil = 0
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return open('palette')
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
      const place = PLACES.find(({ key }) => key === event.key)
      if (event.timeStamp < goingUntil && place !== undefined) {
        goingUntil = 0
        return void navigate({ to: place.to })
      }
      if (event.key === 'g') goingUntil = event.timeStamp + SEQUENCE_MS
      if (event.key === '?') open('keys')
      if (event.key === '/') {
        event.preventDefault()
        // A page with a search of its own is searched; any other gives way to the palette.
        const own = document.querySelector<HTMLElement>('main [data-search]')
        if (own === null) open('palette')
        else own.focus()
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [navigate, open])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input, textarea, select, [role="dialog"]') !== null)
  )
}
