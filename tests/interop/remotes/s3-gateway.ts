import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../free-port.ts'
import { tools } from '../tools.ts'
import { startServer } from './server-process.ts'

export interface S3Gateway {
  /** As the settings of a remote name what lets one in. */
  readonly keys: {
    readonly endpointurl: string
    readonly access_key_id: string
    readonly secret_access_key: string
  }
  /** Makes a bucket; the folder in which its objects are files. */
  readonly makeBucket: (name: string) => string
  readonly stop: () => Promise<void>
}

const ACCESS = 'ratchet-access'
const SECRET = 'ratchet-secret'

/** A real server of S3's protocol, with buckets of its own. */
export async function startS3Gateway(): Promise<S3Gateway> {
  const program = tools.s3Gateway()
  const buckets = mkdtempSync(join(tmpdir(), 'ratchet-s3-'))
  const port = await freePort()
  const words = ['--quiet', '--port', `127.0.0.1:${port}`, 'posix', buckets]
  const server = await startServer([program, ...words], port, {
    ROOT_ACCESS_KEY: ACCESS,
    ROOT_SECRET_KEY: SECRET,
  })
  return {
    keys: {
      endpointurl: `http://127.0.0.1:${port}`,
      access_key_id: ACCESS,
      secret_access_key: SECRET,
    },
    makeBucket: (name) => {
      mkdirSync(join(buckets, name))
      return join(buckets, name)
    },
    stop: async () => {
      await server.stop()
      rmSync(buckets, { recursive: true, force: true })
    },
  }
}
