interface PickerProps {
  readonly label: string
  readonly value: string
  readonly options: readonly string[]
  readonly none?: string | undefined
  readonly onChange: (value: string) => void
}

/** One of the names in use. */
export function Picker({ label, value, options, none, onChange }: PickerProps) {
  return (
    <label className="inline small">
      {label}
      <select
        className="button picker"
        aria-label={label === '' ? none : label}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {none === undefined ? null : <option value="">{none}</option>}
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  )
}
