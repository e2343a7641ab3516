import { describe, expect, it } from 'vitest'
import { databaseContract } from '../../src/storage/database/database.contract.ts'
import { testDatabase } from '../../src/storage/database/database.testing.ts'
import { isCi, postgresUrl } from '../environment.ts'

if (postgresUrl === undefined) {
  describe('database on PostgreSQL', () => {
    // `.ci/run` starts a server; elsewhere: RATCHET_TEST_POSTGRES=postgres://... npm run test:interop
    it('is tested in CI', () => expect(isCi).toBe(false))
  })
} else databaseContract('PostgreSQL', () => testDatabase(postgresUrl))
