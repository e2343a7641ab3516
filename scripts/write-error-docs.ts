import { writeFileSync } from 'node:fs'
import { collectErrors, errorDocs } from './error-docs.ts'

const areas = await collectErrors()
writeFileSync(new URL('../docs/errors.md', import.meta.url), errorDocs(areas))
const count = areas.reduce((sum, { table }) => sum + Object.keys(table).length, 0)
console.log(`docs/errors.md: ${count} codes of ${areas.length} areas`)
