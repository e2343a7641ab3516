import { type Palette, seriesLook } from '../../../charts/palette.ts'

/** Which colour is what. */
export function Legend({ words, palette }: { words: readonly string[]; palette: Palette }) {
  return (
    <ul className="legend small">
      {words.map((word, index) => (
        <li key={word}>
          <i className="run-colour" style={{ background: seriesLook(palette, index).colour }} />{' '}
          {word === '' ? '(none)' : word}
        </li>
      ))}
    </ul>
  )
}
