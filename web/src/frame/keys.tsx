import { Dialog } from '../parts/dialog.tsx'
import { PLACES } from './places.ts'

/** The keys, on `?`. */
export function Keys({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" opened onClose={onClose}>
      <dl className="keys">
        {PLACES.map(({ key, title }) => (
          <Key key={key} keys={['g', key]} does={`go to ${title}`} />
        ))}
        <Key keys={['/']} does="search" />
        <Key keys={['Space']} does="choose a run of the table, with Shift all up to it" />
        <Key keys={['Ctrl A']} does="in the table of runs: choose all that match" />
        <Key keys={['⌘K']} does="search and do anything (Ctrl K)" />
        <Key keys={['?']} does="these keys" />
        <Key keys={['Esc']} does="close" />
      </dl>
    </Dialog>
  )
}

function Key({ keys, does }: { keys: readonly string[]; does: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{does}</dd>
    </div>
  )
}
