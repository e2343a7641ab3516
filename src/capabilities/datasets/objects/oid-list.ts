import { OidSet } from './oid-set.ts'

/** Hashes in order, each once, sixteen bytes each. */
export class OidList {
  readonly #seen = new OidSet()
  #bytes = Buffer.allocUnsafe(16 * 256)

  get count(): number {
    return this.#seen.size
  }

  add(oid: string): void {
    const at = 16 * this.#seen.size
    if (!this.#seen.add(oid)) return
    if (at + 16 > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#bytes.length * 2)
      this.#bytes.copy(larger)
      this.#bytes = larger
    }
    this.#bytes.write(oid, at, 16, 'hex')
  }

  at(index: number): string {
    return this.#bytes.toString('hex', 16 * index, 16 * index + 16)
  }

  has(oid: string): boolean {
    return this.#seen.has(oid)
  }

  *[Symbol.iterator](): Generator<string> {
    for (let index = 0; index < this.count; index++) yield this.at(index)
  }
}
