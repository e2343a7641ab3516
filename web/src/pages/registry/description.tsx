import { lazy, Suspense } from 'react'

const Markdown = lazy(async () => ({
  default: (await import('../../parts/markdown.tsx')).Markdown,
}))

/** What people wrote about it, in Markdown. */
export function Description({ text }: { text: string | null }) {
  if (text === null || text.trim() === '') return null
  return (
    <section className="card description" aria-label="Description">
      <Suspense fallback={<p>{text}</p>}>
        <Markdown text={text} />
      </Suspense>
    </section>
  )
}
