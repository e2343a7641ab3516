import { FormButton } from '../../parts/form-button.tsx'

interface DescribeButtonProps {
  /** What is described. */
  readonly title: string
  readonly text: string | null
  readonly path: string
}

/** Words about a model or a version, in Markdown. */
export function DescribeButton({ title, text, path }: DescribeButtonProps) {
  return (
    <FormButton
      label="Describe"
      title={title}
      submit="Save"
      fields={[
        {
          name: 'description',
          label: 'What it is, in Markdown',
          lines: 6,
          optional: true,
          initial: text ?? '',
        },
      ]}
      path={path}
      body={({ description = '' }) => ({ description })}
    />
  )
}
