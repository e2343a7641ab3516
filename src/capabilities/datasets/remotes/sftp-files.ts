import { type Attributes, OPEN, type PacketReader, REQUEST, STATUS } from './sftp-packets.ts'
import { SftpFault, type SftpSession } from './sftp-session.ts'

/** What every server takes; larger pieces only where it says how large. */
const PIECE_BYTES = 32 * 1024
const PIECES_AT_ONCE = 64

export interface FoundName extends Attributes {
  readonly name: string
}

export type Sftp = Awaited<ReturnType<typeof sftpFiles>>

/** Files of another machine, by path. An absent path is an answer: null. */
export async function sftpFiles(session: SftpSession) {
  await session.ready
  const pieces = await pieceSizes(session)
  return {
    stat: (path: string) => stat(session, path),
    list: (path: string) => list(session, path),
    makeFolder: (path: string) => makeFolder(session, path),
    remove: async (path: string) => {
      await orAbsent(session.request(REQUEST.remove, { text: path }))
    },
    /** Over what is there, in one step, where the server can (OpenSSH); else what is there goes first. */
    rename: (from: string, to: string) => rename(session, from, to),
    read: (path: string) => read(session, path, pieces.read),
    write: (path: string, content: AsyncIterable<Buffer>) =>
      write(session, { path, pieceBytes: pieces.write }, content),
  }
}

async function orAbsent<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof SftpFault && error.code === STATUS.noSuchFile) return null
    throw error
  }
}

async function pieceSizes(session: SftpSession) {
  if (!session.extensions.has('limits@openssh.com'))
    return { read: PIECE_BYTES, write: PIECE_BYTES }
  const { fields } = await session.request(REQUEST.extended, { text: 'limits@openssh.com' })
  fields.uint64()
  const bounded = (most: number): number => (most === 0 ? PIECE_BYTES : Math.min(most, 1 << 18))
  return { read: bounded(fields.uint64()), write: bounded(fields.uint64()) }
}

async function stat(session: SftpSession, path: string): Promise<Attributes | null> {
  const answer = await orAbsent(session.request(REQUEST.stat, { text: path }))
  return answer === null ? null : answer.fields.attributes()
}

async function opened(session: SftpSession, asked: Promise<{ readonly fields: PacketReader }>) {
  const { fields } = await asked
  const handle = { bytes: Buffer.from(fields.data()) }
  return { handle, close: () => session.request(REQUEST.close, handle) }
}

async function list(session: SftpSession, path: string): Promise<readonly FoundName[]> {
  const folder = await orAbsent(opened(session, session.request(REQUEST.opendir, { text: path })))
  if (folder === null) return []
  const found: FoundName[] = []
  try {
    for (;;) found.push(...(await namesOnce(session, folder.handle)))
  } catch (error) {
    if (!(error instanceof SftpFault && error.code === STATUS.endOfFile)) throw error
  } finally {
    await folder.close()
  }
  return found.filter(({ name }) => name !== '.' && name !== '..')
}

async function namesOnce(session: SftpSession, handle: { readonly bytes: Buffer }) {
  const { fields } = await session.request(REQUEST.readdir, handle)
  return Array.from({ length: fields.uint32() }, (): FoundName => {
    const name = fields.text()
    fields.text()
    return { name, ...fields.attributes() }
  })
}

async function makeFolder(session: SftpSession, path: string): Promise<void> {
  try {
    await session.request(REQUEST.mkdir, { text: path }, { uint32: 0 })
  } catch (error) {
    // The protocol has no word for "it exists": so it is looked at.
    if ((await stat(session, path))?.kind !== 'folder') throw error
  }
}

async function rename(session: SftpSession, from: string, to: string): Promise<void> {
  const fields = [{ text: from }, { text: to }]
  if (session.extensions.has('posix-rename@openssh.com')) {
    await session.request(REQUEST.extended, { text: 'posix-rename@openssh.com' }, ...fields)
    return
  }
  await orAbsent(session.request(REQUEST.remove, { text: to }))
  await session.request(REQUEST.rename, ...fields)
}

/** The bytes in order; many pieces are asked for at once, since each takes a way there and back. */
async function* read(
  session: SftpSession,
  path: string,
  pieceBytes: number,
): AsyncGenerator<Buffer> {
  const file = await opened(
    session,
    session.request(REQUEST.open, { text: path }, { uint32: OPEN.read }, { uint32: 0 }),
  )
  const ask = (offset: number, length: number) =>
    readPiece(session, { ...file.handle, offset, length })
  const waiting: Promise<Buffer>[] = []
  let offset = 0
  try {
    for (;;) {
      for (; waiting.length < PIECES_AT_ONCE; offset += pieceBytes)
        waiting.push(ask(offset, pieceBytes))
      const piece = (await waiting.shift()) ?? Buffer.alloc(0)
      if (piece.length > 0) yield piece
      if (piece.length < pieceBytes) return
    }
  } finally {
    await Promise.allSettled(waiting)
    await file.close()
  }
}

interface PieceOf {
  readonly bytes: Buffer
  readonly offset: number
  readonly length: number
}

/** A whole piece, asked for again where the server gave less; shorter only at the end of the file. */
async function readPiece(session: SftpSession, { bytes, offset, length }: PieceOf) {
  const got: Buffer[] = []
  let missing = length
  while (missing > 0) {
    try {
      const place = [{ bytes }, { uint64: offset + length - missing }, { uint32: missing }]
      const data = (await session.request(REQUEST.read, ...place)).fields.data()
      got.push(data)
      missing -= data.length
    } catch (error) {
      if (!(error instanceof SftpFault && error.code === STATUS.endOfFile)) throw error
      missing = 0
    }
  }
  return got.length === 1 ? (got[0] as Buffer) : Buffer.concat(got)
}

interface WriteTo {
  readonly path: string
  readonly pieceBytes: number
}

/** Writes a file that must not exist yet, and has it on the disk of the other side before it resolves. */
async function write(
  session: SftpSession,
  { path, pieceBytes }: WriteTo,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const how = { uint32: OPEN.write | OPEN.create | OPEN.truncate | OPEN.exclusive }
  const file = await opened(
    session,
    session.request(REQUEST.open, { text: path }, how, { uint32: 0 }),
  )
  const sending = new Set<Promise<unknown>>()
  let offset = 0
  try {
    for await (const chunk of content)
      for (let start = 0; start < chunk.length; start += pieceBytes) {
        const piece = chunk.subarray(start, start + pieceBytes)
        const place = [file.handle, { uint64: offset }, { bytes: piece }]
        const one = session.request(REQUEST.write, ...place).finally(() => sending.delete(one))
        sending.add(one)
        offset += piece.length
        if (sending.size >= PIECES_AT_ONCE) await Promise.race(sending)
      }
    await Promise.all(sending)
    if (session.extensions.has('fsync@openssh.com'))
      await session.request(REQUEST.extended, { text: 'fsync@openssh.com' }, file.handle)
  } finally {
    await Promise.allSettled(sending)
    await file.close()
  }
}
