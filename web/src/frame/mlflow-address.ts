const FORMS: readonly (readonly [RegExp, (parts: readonly string[]) => string])[] = [
  [/^#\/experiments\/\d+\/runs\/(\w+)/, ([id]) => `/runs/${id}`],
  [/^#\/experiments\/(\d+)/, ([id]) => `/experiments/${id}`],
  [/^#\/experiments$/, () => '/experiments'],
  [/^#\/models\/([^/]+)\/versions\/(\d+)/, ([name, version]) => `/registry/${name}/${version}`],
  [/^#\/models\/([^/]+)/, ([name]) => `/registry/${name}`],
  [/^#\/models$/, () => '/registry'],
]

/** Our address for the one that MLflow's client prints when a run ends (`/#/experiments/1/runs/…`); `null` for others. */
export function addressOfMlflow(hash: string): string | null {
  for (const [form, address] of FORMS) {
    const match = form.exec(hash)
    if (match !== null) return address(match.slice(1))
  }
  return null
}
