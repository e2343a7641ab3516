/** Which models are in sight, as the address says. */
export interface RegistryView {
  readonly find?: string
}

export function registryView({ find }: Readonly<Record<string, unknown>>): RegistryView {
  return typeof find === 'string' && find !== '' ? { find } : {}
}
