import { openModelHost, type ModelHost, type ModelHostOptions } from './model-host.ts'
import type { RoutedEndpoint, RoutedVersion, VersionState } from './schema.ts'

export interface HostPoolOptions extends Pick<
  ModelHostOptions,
  'loadTimeoutMs' | 'hangGraceMs' | 'onChange'
> {
  /** Replaced versions stay loaded this long, for an instant return. */
  readonly lingerMs: number
}

/** The loaded model versions, each once, however many endpoints use it. */
export interface HostPool {
  /** The version's host, which begins to load when it is new. */
  take(model: string, version: RoutedVersion): ModelHost
  /** Lets go of all that these endpoints do not need: the latest lingers, the rest ends now. */
  keepOnly(needed: readonly RoutedEndpoint[]): void
  /** By `model/version`. */
  versions(): Readonly<Record<string, VersionState>>
  stop(): void
}

interface Pooled {
  readonly label: string
  readonly host: ModelHost
}

export function createHostPool({ lingerMs, ...hostOptions }: HostPoolOptions): HostPool {
  const hosts = new Map<string, Pooled>()
  const leaving = new Map<string, NodeJS.Timeout>()
  const stay = (key: string): void => {
    clearTimeout(leaving.get(key))
    leaving.delete(key)
  }
  const remove = (key: string): void => {
    stay(key)
    hosts.get(key)?.host.stop()
    hosts.delete(key)
    hostOptions.onChange()
  }
  return {
    take(model, version) {
      const key = hostKey(model, version)
      stay(key)
      const known = hosts.get(key)
      if (known !== undefined) return known.host
      const { model_path: modelPath, digest } = version
      const host = openModelHost({ ...hostOptions, modelPath, digest })
      hosts.set(key, { label: `${model}/${version.version}`, host })
      return host
    },
    keepOnly(needed) {
      const keys = new Set(needed.flatMap(hostKeys))
      for (const key of hosts.keys())
        if (!keys.has(key) && !leaving.has(key))
          leaving.set(key, setTimeout(() => remove(key), lingerMs).unref())
      // One version to go back to is enough: each costs a process.
      for (const key of [...leaving.keys()].slice(0, -1)) remove(key)
    },
    versions: () => Object.fromEntries([...hosts.values()].map(describe)),
    stop: () => hosts.forEach((_, key) => remove(key)),
  }
}

function hostKey(model: string, { version, model_path, digest }: RoutedVersion): string {
  return JSON.stringify([model, version, model_path, digest])
}

function hostKeys({ model, champion, rollout }: RoutedEndpoint): readonly string[] {
  const key = hostKey(model, champion)
  return rollout === null ? [key] : [key, hostKey(model, rollout)]
}

function describe({ label, host }: Pooled): readonly [string, VersionState] {
  const state = host.status()
  const reason = 'reason' in state ? state.reason : null
  const code = 'code' in state ? state.code : null
  return [label, { status: state.status, reason, code }]
}
