import { createRequire } from 'node:module'
import type * as yaml from 'yaml'

const require = createRequire(import.meta.url)

/** The YAML library, loaded when it is first needed: most commands need it never, and start quicker without. */
export function yamlLibrary(): typeof yaml {
  return require('yaml') as typeof yaml
}
