/** Which proxies requests to others go through, as Node's agents take it (`proxyEnv`). */
export type Proxies = {
  readonly HTTP_PROXY?: string
  readonly HTTPS_PROXY?: string
  readonly NO_PROXY?: string
}

/** A variable that names a proxy which cannot be used. */
export interface ProxyFault {
  readonly variable: string
  readonly detail: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * What `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say, in small or capital letters, by curl's rules: the small
 * ones win; loopback goes through a proxy too unless `no_proxy` names it. `HTTP_PROXY` in capitals does not count in a
 * CGI program, where a caller sets it by a header.
 */
export function proxiesOf(env: Environment): Proxies | ProxyFault {
  const isCgi = env['REQUEST_METHOD'] !== undefined
  const all = named(env, 'all_proxy')
  const plain = named(env, 'http_proxy', isCgi ? [] : ['HTTP_PROXY']) ?? all
  const secure = named(env, 'https_proxy') ?? all
  const none = named(env, 'no_proxy')
  const fault = [plain, secure].map((found) => faultOf(found)).find((found) => found !== null)
  if (fault !== undefined) return fault
  return {
    ...(plain === null ? {} : { HTTP_PROXY: addressOf(plain.value) }),
    ...(secure === null ? {} : { HTTPS_PROXY: addressOf(secure.value) }),
    ...(none === null ? {} : { NO_PROXY: bypassList(none.value) }),
  }
}

interface Named {
  readonly variable: string
  readonly value: string
}

function named(
  env: Environment,
  small: string,
  capitals: readonly string[] = [small.toUpperCase()],
): Named | null {
  for (const variable of [small, ...capitals]) {
    const value = env[variable]?.trim() ?? ''
    if (value !== '') return { variable, value }
  }
  return null
}

// A proxy without a scheme is one that speaks HTTP.
function addressOf(value: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`
}

function faultOf(found: Named | null): ProxyFault | null {
  if (found === null) return null
  const { variable, value } = found
  const address = addressOf(value)
  if (!URL.canParse(address)) return { variable, detail: `"${value}" is no address of a proxy` }
  const { protocol } = new URL(address)
  if (protocol === 'http:' || protocol === 'https:') return null
  return {
    variable,
    detail: `proxies of kind ${protocol}// are not known, only http:// and https://`,
  }
}

/**
 * curl's list of hosts as Node reads it. A name means itself and all below it, with or without a dot before it; a network
 * (`10.0.0.0/8`) becomes the range of its addresses.
 */
function bypassList(list: string): string {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== '')
  return [...new Set(entries.flatMap(bypassed))].join(',')
}

function bypassed(entry: string): readonly string[] {
  const network = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(entry)
  if (network !== null) return [rangeOf(network[1] ?? '', Number(network[2]))]
  const name = entry.toLowerCase().replace(/^\*?\./, '')
  const isName = name !== '*' && !/^[\d.:[\]]+$/.test(name)
  return isName ? [name, `.${name}`] : [name.replace(/^\[(.*)\]$/, '$1')]
}

function rangeOf(address: string, bits: number): string {
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Math.min(32, bits))
  const first = Math.floor(number / size) * size
  return `${dotted(first)}-${dotted(first + size - 1)}`
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}
