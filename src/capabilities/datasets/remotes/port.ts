/** An object as a remote lists it. */
export interface RemoteObject {
  /** From the remote's root, with forward slashes: `files/md5/ab/cdef…`, `ab/cdef…`, `runs/…`. */
  readonly key: string
  readonly size: number
  /** When a list tells it, in milliseconds since 1970: what is young is not taken for garbage. */
  readonly modifiedAt?: number | undefined
  /** What the store itself tells contents apart by, where it says so. */
  readonly etag?: string | undefined
  /** Which of the versions that the store keeps of the object it is; `head` learns it. */
  readonly version?: string | undefined
}

/** What an upload made, where the store tells versions apart. */
export type Uploaded = Pick<RemoteObject, 'etag' | 'version'>

export interface UploadSource {
  /** Absolute path of a file that nobody changes meanwhile. */
  readonly path: string
  readonly size: number
  /** MD5 of its bytes in hex, for stores that check what arrives (Content-MD5, ETag). */
  readonly md5: string
}

export interface CallOptions {
  /** Aborted by Ctrl-C or by the first fault: what is under way ends at once and leaves no half object. */
  readonly signal?: AbortSignal | undefined
}

export interface TransferOptions extends CallOptions {
  /** Told of bytes as they move, never more in sum than the object has. */
  readonly onBytes?: ((count: number) => void) | undefined
}

export interface ReadOptions extends TransferOptions {
  /** One of the versions that the store keeps of the object; the newest unless told. */
  readonly version?: string | undefined
}

/**
 * A place for objects, reached one object at a time. What to move, how many at once, retries, checking what
 * arrives and the order (files before their listing) are decided outside, once for every kind of store.
 *
 * Rules that the contract test holds each adapter to:
 * - a key holds the whole object or nothing, whatever happens on the way;
 * - an absent key is an answer (`head`: null, `exists`: not in the set), never a fault;
 * - a version that a store never had is absent too;
 * - `DATASET_REMOTE_…` codes for all that users can mend: address, credentials, permission, reach.
 */
export interface Remote {
  /** The name in the configuration, or the address where it has none. */
  readonly name: string
  /** The address without secrets, for people and as the key of what is remembered about the remote. */
  readonly address: string
  /** False where the store cannot list (plain HTTP): then each object is asked for, and `gc -c` is refused. */
  readonly canList: boolean
  /** How many calls at once suit the store, unless `jobs` is configured or asked for. */
  readonly jobs: number
  /**
   * Set where files keep their names and the store keeps their versions. `worktree` says that its newest versions are
   * data too, which `update` brings.
   */
  readonly versioned?: { readonly worktree: boolean } | undefined
  /** A folder of this machine behind the remote: large batches are then copied by threads, past the calls below. */
  readonly folder?: string | undefined
  /** Everything under a prefix that ends in `/` or is a part of a name (`files/md5/0`), in batches, in any order. */
  readonly list: (prefix: string, options?: CallOptions) => AsyncIterable<readonly RemoteObject[]>
  readonly head: (key: string, options?: ReadOptions) => Promise<RemoteObject | null>
  /** Makes or replaces the object in one step. @throws DATASET_REMOTE_CORRUPT when something else arrived */
  readonly upload: (
    key: string,
    source: UploadSource,
    options?: TransferOptions,
  ) => Promise<Uploaded | void>
  /**
   * The bytes in order. The reader hashes them on the way to disk, so an adapter need not; one that fetches
   * ranges side by side yields them in order. @throws DATASET_REMOTE_MISSING when there is no such key
   */
  readonly open: (key: string, options?: ReadOptions) => AsyncIterable<Uint8Array>
  /** Absent keys are no fault. */
  readonly delete: (keys: readonly string[], options?: CallOptions) => Promise<void>
  readonly close: () => Promise<void>
}

/** The keys of those asked for that the remote has, found by asking for each. */
export async function existsEach(
  remote: Pick<Remote, 'head'>,
  keys: readonly string[],
  { jobs, ...options }: CallOptions & { readonly jobs: number },
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  await eachAtOnce(keys, { jobs, signal: options.signal }, async (key, signal) => {
    if ((await remote.head(key, { signal })) !== null) found.add(key)
  })
  return found
}

export interface AtOnce extends CallOptions {
  readonly jobs: number
}

/**
 * Runs the work for every item, at most so many at once. The first fault, or the caller's signal, stops what is under
 * way by the signal that each work is given; only when all of it has ended is the fault thrown, so that nobody closes
 * a connection or removes a folder under work that still cleans up.
 */
export async function eachAtOnce<T>(
  items: Iterable<T>,
  { jobs, signal }: AtOnce,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]()
  const stop = new AbortController()
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const runner = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      either.throwIfAborted()
      await work(next.value, either)
    }
  }
  const runners = Array.from({ length: Math.max(1, jobs) }, () =>
    runner().catch((error: unknown) => stop.abort(error)),
  )
  await Promise.all(runners)
  stop.signal.throwIfAborted()
}
