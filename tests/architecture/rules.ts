/** The arrows, as ARCHITECTURE.md draws them: a layer may use those listed, and itself. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  statistics: ['base'],
  storage: ['base'],
  events: ['base', 'statistics', 'storage'],
  jobs: ['base', 'statistics', 'storage'],
  capabilities: ['base', 'statistics', 'storage', 'events', 'jobs'],
  automation: ['base', 'statistics', 'storage', 'events', 'jobs', 'capabilities'],
  edges: ['base', 'statistics', 'storage', 'events', 'jobs', 'capabilities', 'automation'],
  main: ['base', 'statistics', 'storage', 'events', 'jobs', 'capabilities', 'automation', 'edges'],
  // For programs elsewhere, browsers among them: nothing of the server comes along.
  client: ['base'],
  library: [
    'base',
    'statistics',
    'storage',
    'events',
    'jobs',
    'capabilities',
    'automation',
    'edges',
    'main',
  ],
}

/** Which capability may use which, through its index.ts only. */
export const CAPABILITIES: Readonly<Record<string, readonly string[]>> = {
  datasets: [],
  validation: ['datasets'],
  features: ['datasets'],
  tracking: [],
  registry: ['tracking'],
  pipelines: ['datasets', 'validation', 'tracking', 'registry'],
  evaluation: ['datasets', 'registry'],
  deployments: ['registry', 'evaluation'],
  serving: ['registry', 'features', 'deployments'],
  monitoring: ['datasets'],
  alerts: [],
}

/** Folders with one door: from outside, only these files of theirs may be imported. */
export const DOORS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    Object.keys(CAPABILITIES).map((name) => [`src/capabilities/${name}`, ['index.ts']]),
  ),
  'src/events': ['index.ts'],
  'src/jobs': ['index.ts'],
  'src/storage/analytics': ['index.ts'],
}

/** All that the page may know of the server, and only as types. */
export const CONTRACT = 'src/edges/http/contract'

export const ENVIRONMENT_FILE = 'src/main/config.ts'
export const CLOCK_FILE = 'src/base/time.ts'
export const CONSOLE_FOLDERS = ['src/edges/cli/', 'src/main/']

/** Pure layers: no file, network or process. */
export const PURE_LAYERS = ['base', 'statistics']
export const INPUT_OUTPUT = [
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'fs',
  'fs/promises',
  'http',
  'http2',
  'https',
  'net',
  'sqlite',
  'tls',
  'worker_threads',
]
