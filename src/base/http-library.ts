import type { Proxies } from './proxies.ts'

/**
 * Node's HTTP. An import by name has Node look at every name of the module, and one of them loads its client for browsers'
 * `WebSocket`: 50 ms of each start.
 */
export const http = process.getBuiltinModule('node:http')

let proxiesInUse = (): Proxies => ({})

/** Said once by main. Asked when a request to others is near: who makes none is not told of a wrong proxy. */
export function useProxies(found: () => Proxies): void {
  proxiesInUse = found
}

/** For every agent whose requests go to others; those between our own processes go straight. */
export function throughProxies(): { readonly proxyEnv?: Proxies } {
  const proxies = proxiesInUse()
  return Object.keys(proxies).length === 0 ? {} : { proxyEnv: proxies }
}
