/**
 * The page that a link to MLflow's own page means, or null. Its client prints such links after each run
 * (`/#/experiments/1/runs/…`), and people have them in notebooks and chats.
 */
export function pageOfMlflowLink(hash: string): string | null {
  const parts = hash.replace(/^#\/?/, '').replace(/\?.*$/, '').split('/')
  const [place, id, inner] = parts
  if (!hash.startsWith('#/') || id === undefined || id === '') return null
  if (place === 'models') return `/models/${id}`
  if (place !== 'experiments') return null
  const run = parts[3]
  return inner === 'runs' && run !== undefined ? `/runs/${run}` : `/experiments/${id}`
}
