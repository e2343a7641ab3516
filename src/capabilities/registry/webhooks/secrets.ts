import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { registryErrors } from '../errors.ts'

/** Encrypts for the one webhook named: a text moved to another row does not open. */
export interface Secrets {
  readonly seal: (webhookId: string, secret: string) => string
  /** @throws REGISTRY_WEBHOOK_KEY when the key is not the one that it was sealed with */
  readonly open: (webhookId: string, sealed: string) => string
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM under a random key that lies beside the database, not in it; made when it is first needed. */
export function createSecrets(keyFile: string): Secrets {
  let known: Buffer | undefined
  const key = (): Buffer => (known ??= readOrMakeKey(keyFile))
  return {
    seal: (webhookId, secret) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key(), nonce).setAAD(Buffer.from(webhookId))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
    },
    open: (webhookId, sealed) => {
      const bytes = Buffer.from(sealed, 'base64')
      const nonce = bytes.subarray(0, NONCE_BYTES)
      const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
      try {
        const decipher = createDecipheriv('aes-256-gcm', key(), nonce)
          .setAAD(Buffer.from(webhookId))
          .setAuthTag(tag)
        const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch (cause) {
        const detail = `the secret of webhook ${webhookId} does not open with ${keyFile}`
        throw registryErrors.REGISTRY_WEBHOOK_KEY({ detail, cause })
      }
    },
  }
}

function readOrMakeKey(file: string): Buffer {
  const made = read(file)
  if (made !== null) return made
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // Written whole under another name first: two that start at once end with one key.
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, randomBytes(32), { mode: 0o600, flag: 'wx', flush: true })
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(file)
}

function read(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
