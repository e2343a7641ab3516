import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { likeMatcher } from './like.ts'

it('says of every text what SQLite says', () => {
  const database = new DatabaseSync(':memory:')
  const asked = database.prepare('select ? like ? as yes')
  const text = fc.string({
    unit: fc.constantFrom('a', 'A', 'b', '%', '_', 'é', '😀'),
    maxLength: 8,
  })
  fc.assert(
    fc.property(text, text, (one, pattern) => {
      const expected = asked.get(one, pattern)?.['yes'] === 1
      expect(likeMatcher(pattern, true)(one)).toBe(expected)
      database.exec('pragma case_sensitive_like = on')
      const strict = database.prepare('select ? like ? as yes').get(one, pattern)?.['yes'] === 1
      database.exec('pragma case_sensitive_like = off')
      expect(likeMatcher(pattern, false)(one)).toBe(strict)
    }),
    { numRuns: 500 },
  )
  database.close()
})
