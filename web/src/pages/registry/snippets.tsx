import { useState } from 'react'
import type { Passport } from '../../../../src/edges/http/contract.ts'
import { Section } from '../../parts/heading.tsx'
import '../runs/runs-page.css'
import { LANGUAGES, snippetOf, type Language } from './snippet.ts'

/** How to call it, ready to be pasted. */
export function Snippets({ passport }: { passport: Passport }) {
  const [language, setLanguage] = useState<Language>('curl')
  const [copied, setCopied] = useState(false)
  const text = snippetOf(passport, language, location.origin)
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => setCopied(true))
  }
  return (
    <Section
      title="How to call it"
      note={
        passport.serving === null
          ? 'It answers nowhere: load it where it is needed, or promote it.'
          : 'The endpoint answers with whichever version is champion; the answer says which.'
      }
    >
      <div className="segments" role="group" aria-label="Language">
        {LANGUAGES.map(([id, title]) => (
          <button
            key={id}
            type="button"
            className={id === language ? 'button on' : 'button'}
            aria-pressed={id === language}
            onClick={() => {
              setLanguage(id)
              setCopied(false)
            }}
          >
            {title}
          </button>
        ))}
        <button type="button" className="bare" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </button>
      </div>
      <pre className="command snippet" tabIndex={0} aria-label={`Call in ${language}`}>
        {text}
      </pre>
    </Section>
  )
}
