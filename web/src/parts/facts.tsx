import './facts.css'

/** Names and values, as they are. */
export function Facts({ facts }: { facts: readonly { name: string; value: string }[] }) {
  return (
    <dl className="card facts">
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt className="muted">{name}</dt>
          <dd>
            <code>{value}</code>
          </dd>
        </div>
      ))}
    </dl>
  )
}
