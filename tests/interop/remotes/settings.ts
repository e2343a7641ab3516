import type { RemoteSettings } from '../../../src/capabilities/datasets/remotes/settings.ts'

/** A remote as `.dvc/config` of a project would describe it. */
export function remoteSettingsOf(
  url: string,
  values: Readonly<Record<string, string>>,
): RemoteSettings {
  const told = Object.entries(values).map(
    ([key, text]) => [key, { text, level: 'repo', file: '/nowhere/.dvc/config' }] as const,
  )
  return { name: 'storage', url, values: new Map(told) }
}
