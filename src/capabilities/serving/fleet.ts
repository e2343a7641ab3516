import { createHostPool, type HostPoolOptions } from './host-pool.ts'
import { incompatibility } from './inputs.ts'
import type { ModelHost } from './model-host.ts'
import type { RoutedEndpoint, Routes, VersionState } from './schema.ts'

/** An endpoint with its models loaded. Immutable: a change of routes makes a new one. */
export interface LiveEndpoint {
  readonly name: string
  /** The champion here is the one that answers, which is the old one while the new one cannot. */
  readonly routed: RoutedEndpoint
  readonly champion: ModelHost
  readonly challenger: ModelHost | null
  /** Why the challenger can never stand in for the champion, or `null`. */
  readonly challengerProblem: string | null
}

export interface Fleet {
  /** Of the routes that answer now; 0 before the first. */
  epoch(): number
  endpoint(name: string): LiveEndpoint | undefined
  endpoints(): Iterable<LiveEndpoint>
  versions(): Readonly<Record<string, VersionState>>
  /**
   * Loads what is new, then swaps all endpoints at once. Resolves when these routes answer, or newer ones have
   * come. A champion that cannot be loaded leaves the old one in its place.
   */
  apply(routes: Routes): Promise<void>
  stop(): void
}

export function openFleet(options: HostPoolOptions): Fleet {
  const pool = createHostPool(options)
  let live: ReadonlyMap<string, LiveEndpoint> = new Map()
  let epoch = 0
  let latest = Promise.withResolvers<void>()
  return {
    epoch: () => epoch,
    endpoint: (name) => live.get(name),
    endpoints: () => live.values(),
    versions: () => pool.versions(),
    async apply(routes) {
      // A model that hangs while it loads must not hold up the routes that do without it.
      latest.resolve()
      const mine = (latest = Promise.withResolvers<void>())
      const next = Object.entries(routes.endpoints).map(([name, routed]) => ({
        name,
        routed,
        champion: pool.take(routed.model, routed.champion),
        challenger: routed.rollout === null ? null : pool.take(routed.model, routed.rollout),
      }))
      await Promise.race([Promise.all(next.map(loaded)), mine.promise])
      if (mine !== latest) return
      live = new Map(next.map((entry) => [entry.name, settle(entry, live.get(entry.name))]))
      epoch = routes.epoch
      const answering = [...live.values()].map(({ routed }) => routed)
      pool.keepOnly([...Object.values(routes.endpoints), ...answering])
      options.onChange()
    },
    stop: () => pool.stop(),
  }
}

type NextEndpoint = Omit<LiveEndpoint, 'challengerProblem'>

async function loaded({ champion, challenger }: NextEndpoint): Promise<void> {
  await champion.loaded
  await challenger?.loaded
}

function settle(entry: NextEndpoint, before: LiveEndpoint | undefined): LiveEndpoint {
  const usable = entry.champion.signature() !== null || before === undefined
  const champion = usable ? entry.champion : before.champion
  const routed = usable ? entry.routed : { ...entry.routed, champion: before.routed.champion }
  return { ...entry, champion, routed, challengerProblem: problemOf(champion, entry.challenger) }
}

function problemOf(champion: ModelHost, challenger: ModelHost | null): string | null {
  const ours = champion.signature()
  const theirs = challenger?.signature() ?? null
  return ours === null || theirs === null ? null : incompatibility(ours, theirs)
}
