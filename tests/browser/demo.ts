import { startOnFreePorts, type StaysUp } from './stays-up.ts'

const ADDRESS = /What happened and why: (http:\/\/\S+)/

/** The demo's first years, played by the product itself; its page stays up until `close`. */
export function playDemo(until: string): Promise<StaysUp> {
  return startOnFreePorts(['demo', '--until', until], { address: ADDRESS })
}
