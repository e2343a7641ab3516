import { PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'

export interface S3Access {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** From now on a bucket keeps the versions of its objects. */
export async function keepVersions(
  { endpoint, ...credentials }: S3Access,
  bucket: string,
): Promise<void> {
  const client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true })
  const VersioningConfiguration = { Status: 'Enabled' } as const
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }))
  client.destroy()
}
