import { useMantineColorScheme } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useDeferredValue, useId, useState, type KeyboardEvent } from 'react'
import { queries } from '../api/queries.ts'
import { Dialog } from '../parts/dialog.tsx'
import { addressOf } from '../parts/reference.tsx'
import { PLACES } from './places.ts'

interface Choice {
  readonly title: string
  readonly detail: string | null
  readonly run: () => void
}

/** Search and do anything: places, things of the project by name or id, and the few acts of the frame. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const list = useId()
  const choices = useChoices(text)
  const chosen = Math.min(at, choices.length - 1)
  const run = (choice: Choice | undefined) => {
    if (choice === undefined) return
    onClose()
    choice.run()
  }
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt((chosen + step + choices.length) % Math.max(1, choices.length))
    }
    if (event.key === 'Enter') run(choices[chosen])
  }
  return (
    <Dialog title="Search" opened onClose={onClose}>
      <input
        className="input"
        data-autofocus
        role="combobox"
        aria-label="Search pages, models, runs, data, stages, or paste an id"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={choices.length > 0 ? `${list}-${chosen}` : undefined}
        placeholder="A page, a model, a data set, an id…"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onKeyDown={onKey}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setAt(0)
        }}
      />
      <ul id={list} role="listbox" aria-label="Results" className="choices">
        {choices.map((choice, index) => (
          <li
            key={`${choice.title} ${choice.detail}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onMouseMove={() => setAt(index)}
            onClick={() => run(choice)}
          >
            <span>{choice.title}</span>
            <span className="muted small">{choice.detail}</span>
          </li>
        ))}
      </ul>
      {choices.length === 0 ? <p className="muted small">Nothing has this name.</p> : null}
    </Dialog>
  )
}

function useChoices(text: string): readonly Choice[] {
  const navigate = useNavigate()
  const { setColorScheme } = useMantineColorScheme()
  const query = useDeferredValue(text.trim())
  const { data: found } = useQuery({
    ...queries.search(query),
    enabled: query !== '',
    placeholderData: keepPreviousData,
  })
  const fixed: Choice[] = [
    ...PLACES.map(({ title, to, key }) => ({
      title,
      detail: `g ${key}`,
      run: () => void navigate({ to }),
    })),
    { title: 'Light colours', detail: 'appearance', run: () => setColorScheme('light') },
    { title: 'Dark colours', detail: 'appearance', run: () => setColorScheme('dark') },
    { title: 'Colours of the system', detail: 'appearance', run: () => setColorScheme('auto') },
  ]
  const lower = query.toLowerCase()
  const matching = fixed.filter(({ title }) => title.toLowerCase().includes(lower))
  const things = (query === '' ? [] : (found?.items ?? [])).map(({ title, detail, link }) => ({
    title,
    detail: detail ?? link.label,
    run: () => void navigate({ href: addressOf(link) }),
  }))
  const asked = /^[a-z]+_\w{8,}$/.test(query)
    ? [
        {
          title: `Why ${query}?`,
          detail: 'causes',
          run: () => void navigate({ to: '/why/$id', params: { id: query } }),
        },
      ]
    : []
  return [...matching, ...things, ...asked].slice(0, 14)
}
