import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface DayOfBirths {
  readonly day: string
  readonly births: number
}

const FILE = /^births-(\d{4}-\d{2}-\d{2})\.csv$/

/**
 * All days from `from` on, oldest first, out of a folder of deliveries `births-<last day>.csv`.
 * A day delivered twice counts as it was delivered last.
 */
export function readDeliveries(folder: string, from: string): readonly DayOfBirths[] {
  const days = new Map<string, number>()
  for (const file of filesSince(folder, from))
    for (const { day, births } of parse(join(folder, file))) if (day >= from) days.set(day, births)
  return [...days]
    .map(([day, births]) => ({ day, births }))
    .toSorted((a, b) => (a.day < b.day ? -1 : 1))
}

// The name carries the last day inside: after twenty years of weeks, most files need not be opened.
function filesSince(folder: string, from: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => (FILE.exec(name)?.[1] ?? '') >= from)
    .toSorted()
}

function parse(path: string): readonly DayOfBirths[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  if (header !== 'date,births') throw new Error(`${path}: expected the columns date,births`)
  return lines.map((line, index) => parseLine(line, `${path}:${index + 2}`))
}

function parseLine(line: string, place: string): DayOfBirths {
  const [day = '', count = ''] = line.split(',')
  const births = Number(count)
  if (count === '' || !Number.isFinite(births)) throw new Error(`${place}: births is not a number`)
  return { day, births }
}
