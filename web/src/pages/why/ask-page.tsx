import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { Crumbs } from '../../frame/crumbs.tsx'
import { Heading } from '../../parts/heading.tsx'

/** Ask for the causes of anything that has an id. */
export function AskPage() {
  const [id, setId] = useState('')
  const navigate = useNavigate()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const asked = id.trim()
    if (asked !== '') void navigate({ to: '/why/$id', params: { id: asked } })
  }
  return (
    <>
      <Crumbs>Why</Crumbs>
      <Heading title="Why did it happen?" tab="Why">
        From any prediction, alert, version or run back to its causes, down to the hash of the data
        and the commit. The same in a shell: <code>ratchet why ID</code>
      </Heading>
      <form onSubmit={submit} className="ask">
        <input
          className="input mono"
          aria-label="An id, a file or a hash"
          placeholder="pred_…, alr_…, run_…, births/3"
          autoComplete="off"
          spellCheck={false}
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <button type="submit" className="button primary" disabled={id.trim() === ''}>
          Why
        </button>
      </form>
    </>
  )
}
