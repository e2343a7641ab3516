import { trackingErrors } from './errors.ts'

/**
 * A path from outside as a relative path below some folder, with single slashes; empty for the folder itself.
 * Decoded until it is stable, so that no encoding hides a way up. Stricter than MLflow's `validate_path_is_safe`:
 * backslashes and control characters are refused everywhere.
 * @throws ARTIFACT_PATH_INVALID
 */
export function safeArtifactPath(path: string): string {
  const plain = decodeFully(path)
  const refused =
    plain === null ||
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    /[#\\\u0000-\u001f\u007f]/.test(plain) ||
    plain.startsWith('/') ||
    /^[a-z]:/i.test(plain) ||
    /^file:/i.test(plain) ||
    plain.split('/').includes('..')
  if (refused) throw trackingErrors.ARTIFACT_PATH_INVALID({ detail: 'Invalid path', path })
  return plain
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}

const MOST_DECODINGS = 10

/** Decodes percent codes until none is left; `null` when it takes suspiciously long. What is no code stays as it is. */
export function decodeFully(text: string): string | null {
  let current = text
  for (let round = 0; round < MOST_DECODINGS; round++) {
    const next = current.replace(/(?:%[0-9a-f]{2})+/gi, decodeOnce)
    if (next === current) return current
    current = next
  }
  return null
}

function decodeOnce(codes: string): string {
  return Buffer.from(codes.replaceAll('%', ''), 'hex').toString('utf8')
}

/** An address below another one: what stands behind `?` and `#` stays at the end, as MLflow's clients compute it. */
export function addressBelow(address: string, path: string): string {
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(address)
  const [, place = '', rest = ''] =
    (hasScheme ? /^([^?#]*)(.*)$/s : /^(.*)()$/s).exec(address) ?? []
  return `${place.replace(/\/$/, '')}/${path}${rest}`
}

/** The addresses that clients reach through this server's artifact proxy begin so. */
export const PROXY_ROOT = 'mlflow-artifacts:'

const PROXIED = /^mlflow-artifacts:(?:\/{1,3}(?!\/)([^?#]*))?$/

/** The path below the artifact root that an address names; `null` for an address that another server or store keeps. */
export function proxiedPath(uri: string): string | null {
  const match = PROXIED.exec(uri)
  if (match === null || /^mlflow-artifacts:\/\/[^/]/.test(uri)) return null
  return safeArtifactPath(match[1] ?? '')
}

/**
 * The path below the artifact root, for an address that is proxied or, where clients share the disk, lies in the
 * root's own `file:` address. Any other place of this machine's disk is `null`: clients choose these addresses.
 */
export function pathBelow(rootUri: string, uri: string): string | null {
  if (!rootUri.startsWith('file:')) return proxiedPath(uri)
  const address = uri.startsWith('/') ? `file://${uri}` : uri
  if (address === rootUri) return ''
  if (address.startsWith(`${rootUri}/`) && !/[?#]/.test(address))
    return safeArtifactPath(address.slice(rootUri.length + 1))
  return proxiedPath(uri)
}
