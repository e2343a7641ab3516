import { existsSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Proxies, proxiesOf } from '../base/proxies.ts'
import type { SettingsFolders } from '../base/settings-folders.ts'
import { parseTime } from '../base/time.ts'
import type { WebhookSettings } from '../capabilities/registry/index.ts'
import { mainErrors } from './errors.ts'

export type Store =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string }

/** Where the files of runs and models lie, and what clients know that place by. */
export interface ArtifactPlace {
  readonly folder: string
  /** `mlflow-artifacts:` through the server, or the folder's own `file:` address for clients that share the disk. */
  readonly uri: string
}

/** Everything that flags, environment and place decide, resolved once. */
export interface Config {
  readonly projectRoot: string
  readonly stateDir: string
  readonly store: Store
  readonly artifacts: ArtifactPlace
  readonly host: string
  readonly port: number
  readonly inferencePort: number
  readonly logLevel: string
  /** How long the control plane waits for a body that drips. */
  readonly bodyTimeoutMs: number
  /** Milliseconds at which a fresh project's replay starts; `null` outside of replays. */
  readonly replayFrom: number | null
}

export interface Flags {
  readonly dir?: string | undefined
  readonly store?: string | undefined
  readonly artifacts?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly inferencePort?: string | undefined
  readonly replay?: string | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

export const environment: Environment = process.env

/** What the commands of stages get: their `node` is the one that Ratchet runs on, whatever else the machine has. */
export function stageEnvironment(env: Environment): Readonly<Record<string, string>> {
  const defined = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const path = `${dirname(process.execPath)}:${env.PATH ?? ''}`
  return { ...Object.fromEntries(defined), PATH: path }
}

/**
 * Where webhooks may lead and how long they are tried: MLflow's own variables, so that what was set for it holds here.
 * @throws CONFIG_INVALID
 */
export function webhookSettings(env: Environment): WebhookSettings {
  const number = (name: string, fallback: number): number => {
    const value = Number(env[name] ?? fallback)
    if (Number.isInteger(value) && value >= 0) return value
    throw mainErrors.CONFIG_INVALID({ detail: `"${env[name]}" is no whole number`, path: name })
  }
  const schemes = (env.MLFLOW_WEBHOOK_ALLOWED_SCHEMES ?? 'https').split(',')
  return {
    allowPrivateAddresses: /^(true|1)$/i.test(env.MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS ?? ''),
    schemes: schemes.map((scheme) => scheme.trim().toLowerCase()),
    retries: number('MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES', 8),
    timeoutMs: 1000 * number('MLFLOW_WEBHOOK_REQUEST_TIMEOUT', 30),
  }
}

/** What curl's variables say of proxies. @throws CONFIG_INVALID */
export function proxySettings(env: Environment = environment): Proxies {
  const found = proxiesOf(env)
  if (!('variable' in found)) return found
  const { variable, detail } = found
  throw mainErrors.CONFIG_INVALID({ detail, path: variable })
}

/** Where DVC looks for the settings of the machine and of the user, when that is not the usual folder. */
export function dvcSettingsFolders(env: Environment = environment): SettingsFolders {
  // A relative folder means nothing there, by the rules of freedesktop.org.
  const below = (folder = ''): string | undefined =>
    isAbsolute(folder) ? join(folder, 'dvc') : undefined
  const shared = (env.XDG_CONFIG_DIRS ?? '').split(delimiter).find((folder) => isAbsolute(folder))
  return {
    system: env.DVC_SYSTEM_CONFIG_DIR || below(shared),
    user: env.DVC_GLOBAL_CONFIG_DIR || below(env.XDG_CONFIG_HOME),
  }
}

/** Whether a person looks at standard error: progress bars and colors. */
export function isInteractive(env: Environment = environment): boolean {
  return process.stderr.isTTY === true && env.CI === undefined && env.TERM !== 'dumb'
}

// As tracking has it; spelled here too, so that commands that only read the configuration load no capability.
const PROXY_ROOT = 'mlflow-artifacts:'

export const DEFAULT_PORT = 5000
export const DEFAULT_INFERENCE_PORT = 8080
const DEFAULT_BODY_TIMEOUT_S = 300
const MOST_BODY_TIMEOUT_S = 86_400

/**
 * Flags before environment before defaults.
 * @throws PROJECT_NOT_FOUND, CONFIG_INVALID, HOST_NEEDS_AUTHENTICATION
 */
export function resolveConfig(flags: Flags, cwd: string, env: Environment = environment): Config {
  const projectRoot = findProjectRoot(cwd)
  const stateDir = resolve(cwd, flags.dir ?? env.RATCHET_DIR ?? join(projectRoot, '.ratchet'))
  const host = flags.host ?? env.RATCHET_HOST ?? '127.0.0.1'
  if (!isLoopback(host))
    throw mainErrors.HOST_NEEDS_AUTHENTICATION({ detail: `--host ${host} is not loopback` })
  return {
    projectRoot,
    stateDir,
    store: resolveStore(flags.store ?? env.RATCHET_STORE, stateDir),
    artifacts: resolveArtifacts(flags.artifacts ?? env.RATCHET_ARTIFACTS, { cwd, stateDir }),
    host,
    port: portOf('--port', flags.port ?? env.RATCHET_PORT, DEFAULT_PORT),
    inferencePort: portOf(
      '--inference-port',
      flags.inferencePort ?? env.RATCHET_INFERENCE_PORT,
      DEFAULT_INFERENCE_PORT,
    ),
    logLevel: env.RATCHET_LOG_LEVEL ?? 'info',
    bodyTimeoutMs: bodyTimeout(env.RATCHET_BODY_TIMEOUT),
    replayFrom: replayStart(flags.replay),
  }
}

/** The nearest folder upward that holds ratchet.yaml (or another marker). @throws PROJECT_NOT_FOUND */
export function findProjectRoot(
  cwd: string,
  markers: readonly string[] = ['ratchet.yaml'],
): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (markers.some((marker) => existsSync(join(folder, marker)))) return folder
    if (dirname(folder) === folder)
      throw mainErrors.PROJECT_NOT_FOUND({
        detail: `no ${markers.join(' and no ')} in ${cwd} or above it`,
      })
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function resolveStore(store: string | undefined, stateDir: string): Store {
  if (store === undefined) return { kind: 'sqlite', file: join(stateDir, 'ratchet.db') }
  if (/^postgres(ql)?:\/\//.test(store)) return { kind: 'postgres', url: store }
  throw mainErrors.CONFIG_INVALID({
    detail: 'the store is neither left out nor a postgres:// address',
    path: '--store',
  })
}

/** A folder is served through the proxy; said as a `file:` address, clients read and write it themselves. */
function resolveArtifacts(
  place: string | undefined,
  { cwd, stateDir }: { readonly cwd: string; readonly stateDir: string },
): ArtifactPlace {
  if (place === undefined) return { folder: join(stateDir, 'artifacts'), uri: PROXY_ROOT }
  if (/^file:\/\/\/[^?#]+$/.test(place)) {
    const folder = fileURLToPath(place).replace(/\/+$/, '')
    return { folder, uri: `file://${folder}` }
  }
  if (!/^[a-z][a-z0-9+.-]+:/i.test(place)) return { folder: resolve(cwd, place), uri: PROXY_ROOT }
  throw mainErrors.CONFIG_INVALID({
    detail: `"${place}" is neither a folder nor a file:/// address`,
    path: '--artifacts',
  })
}

function portOf(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  throw mainErrors.CONFIG_INVALID({ detail: `"${text}" is not a port (0 to 65535)`, path: flag })
}

function bodyTimeout(text: string | undefined): number {
  const seconds = Number(text ?? DEFAULT_BODY_TIMEOUT_S)
  if (seconds >= 1 && seconds <= MOST_BODY_TIMEOUT_S) return 1000 * seconds
  const detail = `"${text}" is no number of seconds from 1 to ${MOST_BODY_TIMEOUT_S}`
  throw mainErrors.CONFIG_INVALID({ detail, path: 'RATCHET_BODY_TIMEOUT' })
}

function replayStart(text: string | undefined): number | null {
  if (text === undefined) return null
  const ms = parseTime(text)
  if (ms !== null) return ms
  throw mainErrors.CONFIG_INVALID({
    detail: `"${text}" is not a date such as 1971-01-01`,
    path: '--replay',
  })
}
