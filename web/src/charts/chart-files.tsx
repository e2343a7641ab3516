import type { MouseEvent } from 'react'
import { usePalette } from './palette.ts'
import { download, fileName, type Key, pictureOf } from './picture.ts'
import './chart-files.css'

interface ChartFilesProps {
  readonly title: string
  readonly legend?: readonly Key[]
  /** Where its figures are as CSV. */
  readonly csv: string
}

/** The chart of the figure that this stands in, to be taken away: as a picture, or its figures. */
export function ChartFiles({ title, legend = [], csv }: ChartFilesProps) {
  const palette = usePalette()
  const save = (event: MouseEvent) => {
    const figure = event.currentTarget.closest('figure')
    if (figure === null) return
    void pictureOf(figure, { title, legend }, palette).then((picture) => {
      if (picture !== null) download(picture, fileName(title, 'png'))
    })
  }
  return (
    <span className="chart-files">
      <button type="button" className="bare" aria-label={`PNG of ${title}`} onClick={save}>
        PNG
      </button>
      <a
        className="bare"
        aria-label={`CSV of ${title}`}
        href={csv}
        download={fileName(title, 'csv')}
      >
        CSV
      </a>
    </span>
  )
}
