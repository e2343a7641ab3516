import { Link } from '@tanstack/react-router'
import { Heading } from '../parts/heading.tsx'

export function NotFound() {
  return (
    <Heading title="There is no page here" tab="Not found">
      The address may be of another version. <Link to="/">The Loop</Link> shows every model.
    </Heading>
  )
}
