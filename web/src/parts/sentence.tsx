import { Link } from '@tanstack/react-router'

const CODE_OR_ID = /`[^`\n]+`|\b(?:run|pred|fb|job|evt|alr|rpt|rol|gate|dec)_[0-9A-Za-z]{16,32}\b/g

/** Sorted ids begin alike when they are of the same time: their end tells them apart. */
export function shortId(id: string): string {
  const [prefix = id, rest = ''] = id.split('_')
  return rest.length > 12 ? `${prefix}_…${rest.slice(-6)}` : id
}

/** Of a run: those that clients start are hexadecimal digits, and sorted too. */
export function shortRunId(id: string): string {
  return id.includes('_') ? shortId(id) : `…${id.slice(-8)}`
}

/** Where the name of the model stands beside the sentence already, the sentence need not begin with it. */
export function withoutModel(text: string, model: string | null): string {
  const prefix = `${model}: `
  if (model === null || !text.startsWith(prefix)) return text
  const rest = text.slice(prefix.length)
  return rest.charAt(0).toUpperCase() + rest.slice(1)
}

/**
 * Plain text of the server or of people. Never markup; ids in it are shortened and lead to their causes, and what
 * stands in backticks is what one would type.
 */
export function Sentence({ text, linked = true }: { text: string; linked?: boolean }) {
  const parts: (string | { id: string; at: number })[] = []
  let end = 0
  for (const match of text.matchAll(CODE_OR_ID)) {
    parts.push(text.slice(end, match.index), { id: match[0], at: match.index })
    end = match.index + match[0].length
  }
  parts.push(text.slice(end))
  return parts.map((part) =>
    typeof part === 'string' ? (
      part
    ) : part.id.startsWith('`') ? (
      <code key={part.at}>{part.id.slice(1, -1)}</code>
    ) : (
      <Id key={part.at} id={part.id} linked={linked} />
    ),
  )
}

export function Id({ id, linked = true }: { id: string; linked?: boolean }) {
  if (!linked) return <code title={id}>{shortId(id)}</code>
  return (
    <Link to="/why/$id" params={{ id }} title={`Why ${id}?`}>
      <code>{shortId(id)}</code>
    </Link>
  )
}
