import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const FILES = 100_000
const BYTES = 4096
const A_FOLDER = 1000

/** A hundred thousand files of 4 KiB, all different, a thousand to a folder. */
export function writeManyFiles(folder: string): void {
  const content = Buffer.alloc(BYTES, 7)
  for (let index = 0; index < FILES; index++) {
    const inner = join(folder, String(Math.floor(index / A_FOLDER)).padStart(3, '0'))
    if (index % A_FOLDER === 0) mkdirSync(inner, { recursive: true })
    content.writeUInt32LE(index)
    writeFileSync(join(inner, `${index}.bin`), content)
  }
}

/** Ten files get another content. */
export function changeTen(folder: string, turn: number): void {
  for (let index = 0; index < 10; index++)
    writeFileSync(join(folder, `00${index}`, `${index * A_FOLDER}.bin`), `turn ${turn}, ${index}`)
}
