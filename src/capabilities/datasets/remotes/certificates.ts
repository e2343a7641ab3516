import { readFile } from 'node:fs/promises'
import { datasetErrors } from '../errors.ts'
import type { RemoteValues } from './values.ts'

/**
 * What `ssl_verify` says: the system's certificates (nothing set, or true), none at all (false), or those of a file.
 * @throws DATASET_FILE_INVALID when the file cannot be read
 */
export async function trustedCertificates(
  values: RemoteValues,
): Promise<{ readonly rejectUnauthorized?: false; readonly ca?: Buffer }> {
  const verify = values.text('ssl_verify')
  if (verify === undefined || values.flag('ssl_verify') === true) return {}
  if (/^(false|no|off|0)$/i.test(verify)) return { rejectUnauthorized: false }
  const file = values.path('ssl_verify') ?? verify
  try {
    return { ca: await readFile(file) }
  } catch (error) {
    throw datasetErrors.DATASET_FILE_INVALID({
      detail: 'ssl_verify names a file of certificates that cannot be read',
      path: file,
      cause: error,
    })
  }
}
