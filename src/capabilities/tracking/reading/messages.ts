import type { Fault } from './fault.ts'
import type { Asked, Found, Verb } from './long-reads.ts'

/** Rows that were committed since the last message, by table: the value of the column that is watched. */
export type Changes = Readonly<Record<string, readonly (string | number)[]>>

/** What the reading thread is started with. */
export interface ThreadStart {
  readonly file: string
}

export interface Question<V extends Verb = Verb> {
  readonly id: number
  readonly verb: V
  readonly asked: Asked<V>
  /** Where the writer of the answer is; `null` for the answer as data. */
  readonly text: { readonly module: string; readonly name: string } | null
  readonly changes: Changes
  /** Another number than last time: what changed is not known, all that was kept is stale. */
  readonly epoch: number
}

export type Answer = { readonly id: number } & (
  | { readonly kind: 'found'; readonly found: Found<Verb> }
  | { readonly kind: 'text'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'fault'; readonly fault: Fault }
)
