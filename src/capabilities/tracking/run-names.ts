import { randomInt } from 'node:crypto'

const ADJECTIVES =
  'agile amber bold brave bright calm clever crisp eager fair fine gentle grand honest keen kind lively lucky mellow merry nimble noble patient plucky polite proud quick quiet sharp sincere steady stoic swift tidy upbeat useful vivid warm wise witty'.split(
    ' ',
  )
const NOUNS =
  'badger bear crane crow deer dove duck eagle elk finch fox gull hare hawk heron horse ibis jay lark lynx marten mole moth mouse newt otter owl perch pike plover quail raven robin seal shrew snipe stoat swan tern trout vole whale wren'.split(
    ' ',
  )

/** A name for a run that was given none: `steady-otter-417`. */
export function randomRunName(): string {
  return `${pick(ADJECTIVES)}-${pick(NOUNS)}-${randomInt(1000)}`
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? 'run'
}
