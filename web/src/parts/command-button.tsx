import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent, type ReactNode } from 'react'
import { send } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import { Dialog } from './dialog.tsx'

interface CommandButtonProps {
  readonly label: string
  /** What happens, in a sentence or two, before it does. */
  readonly explain: ReactNode
  readonly path: string
  readonly body?: object
  readonly kind?: 'primary' | 'danger'
  /** The name to type where the act cannot be undone. */
  readonly confirmName?: string
  /** What the button says that changes nothing, where "Cancel" would be mistaken. */
  readonly dismiss?: string
  /** Once it is done, before the answers that it changed are asked for anew. */
  readonly onDone?: () => void
}

/** A button that asks once more, says what it will do, and shows the answer, also a no. */
export function CommandButton(props: CommandButtonProps) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <button
        type="button"
        className={props.kind === 'primary' ? 'button primary' : 'button'}
        onClick={() => setOpened(true)}
      >
        {props.label}
      </button>
      {opened ? <Confirm {...props} onClose={() => setOpened(false)} /> : null}
    </>
  )
}

function Confirm(props: CommandButtonProps & { readonly onClose: () => void }) {
  const { label, explain, path, body = {}, kind, confirmName, dismiss = 'Cancel', onClose } = props
  const [typed, setTyped] = useState('')
  const client = useQueryClient()
  const command = useMutation({
    mutationFn: () => send(path, body),
    onSuccess: async () => {
      props.onDone?.()
      await client.invalidateQueries()
      onClose()
    },
  })
  const allowed = confirmName === undefined || typed.trim() === confirmName
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (allowed && !command.isPending) command.mutate()
  }
  return (
    <Dialog title={label} opened onClose={onClose}>
      <form onSubmit={submit}>
        <p>{explain}</p>
        {confirmName === undefined ? null : (
          <label>
            <span>
              Type <strong>{confirmName}</strong> to confirm
            </span>
            <input
              className="input"
              data-autofocus
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
        )}
        {command.isError ? <Refusal error={command.error} /> : null}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {dismiss}
          </button>
          <button
            type="submit"
            className={`button ${kind ?? 'primary'}`}
            disabled={!allowed || command.isPending}
          >
            {command.isPending ? 'Asking…' : label}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** A no, where the question was asked. */
export function Refusal({ error }: { error: unknown }) {
  const problem = problemOf(error)
  return (
    <div role="alert" className="small">
      <p style={{ color: 'var(--bad-text)' }}>{problem.detail}</p>
      <p>{problem.next}</p>
      <code className="muted">{problem.code}</code>
    </div>
  )
}
