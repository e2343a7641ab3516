import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The YAML library, loaded when it is first needed: most commands need it never, and start quicker without. */
export function yamlLibrary(): typeof import('yaml') {
  return require('yaml') as typeof import('yaml')
}
