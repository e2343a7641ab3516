import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent, type ReactNode } from 'react'
import { send } from '../api/client.ts'
import { Refusal } from './command-button.tsx'
import { Dialog } from './dialog.tsx'

export interface Field {
  readonly name: string
  readonly label: string
  readonly initial?: string | undefined
  readonly lines?: number | undefined
  readonly options?: readonly string[] | undefined
  readonly optional?: boolean | undefined
  readonly hint?: string | undefined
}

interface FormButtonProps {
  readonly label: string
  readonly title?: string | undefined
  readonly explain?: ReactNode
  readonly fields: readonly Field[]
  readonly path: string
  readonly body: (values: Readonly<Record<string, string>>) => object
  readonly className?: string | undefined
  readonly submit?: string | undefined
}

/** A button that asks for a few words, sends them, and shows a no where they were typed. */
export function FormButton(props: FormButtonProps) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <button type="button" className={props.className ?? 'button'} onClick={() => setOpened(true)}>
        {props.label}
      </button>
      {opened ? <Form {...props} onClose={() => setOpened(false)} /> : null}
    </>
  )
}

function Form(props: FormButtonProps & { readonly onClose: () => void }) {
  const { label, title = label, explain, fields, path, body, submit = title, onClose } = props
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(fields.map(({ name, initial = '' }) => [name, initial])),
  )
  const client = useQueryClient()
  const command = useMutation({
    mutationFn: () => send(path, body(values)),
    onSuccess: async () => {
      await client.invalidateQueries()
      onClose()
    },
  })
  const isWhole = fields.every(
    ({ name, optional }) => optional === true || (values[name] ?? '').trim() !== '',
  )
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (isWhole && !command.isPending) command.mutate()
  }
  return (
    <Dialog title={title} opened onClose={onClose}>
      <form onSubmit={onSubmit}>
        {explain === undefined ? null : <p>{explain}</p>}
        {fields.map((field, index) => (
          <label key={field.name}>
            <span>{field.label}</span>
            <Control
              field={field}
              isFirst={index === 0}
              value={values[field.name] ?? ''}
              onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
            />
            {field.hint === undefined ? null : <span className="muted small">{field.hint}</span>}
          </label>
        ))}
        {command.isError ? <Refusal error={command.error} /> : null}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={!isWhole || command.isPending}>
            {command.isPending ? 'Asking…' : submit}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

interface ControlProps {
  readonly field: Field
  readonly isFirst: boolean
  readonly value: string
  readonly onChange: (value: string) => void
}

function Control({ field: { lines = 1, options }, isFirst, value, onChange }: ControlProps) {
  const focus = isFirst ? { 'data-autofocus': true } : {}
  if (options !== undefined)
    return (
      <select
        className="input"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        {...focus}
      >
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    )
  if (lines > 1)
    return (
      <textarea
        className="input"
        rows={lines}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        {...focus}
      />
    )
  return (
    <input
      className="input"
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...focus}
    />
  )
}
