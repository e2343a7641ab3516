/**
 * A set of MD5 names, sixteen bytes each in one buffer: a million take 40 MB where strings would take 150.
 * The `.dir` of a listing is not part of the name here; keep listings apart.
 */
export class OidSet {
  #keys: Uint32Array = new Uint32Array(1024 * 4)
  #used: Uint8Array = new Uint8Array(1024)
  /** The name that is looked for, as four words. */
  readonly #asked = new Uint32Array(4)
  size = 0

  /** True when it was not in the set. */
  add(oid: string): boolean {
    if (2 * (this.size + 1) > this.#used.length) this.#grow()
    const slot = this.#find(oid)
    if (this.#used[slot] === 1) return false
    this.#put(slot)
    return true
  }

  has(oid: string): boolean {
    return this.#used[this.#find(oid)] === 1
  }

  #put(slot: number): void {
    this.#keys.set(this.#asked, 4 * slot)
    this.#used[slot] = 1
    this.size++
  }

  #find(oid: string): number {
    for (let place = 0; place < 4; place++) this.#asked[place] = word(oid, 8 * place)
    return this.#slot()
  }

  // Hashes are spread evenly by nature, so their last bits choose the slot and the next free one will do.
  #slot(): number {
    const mask = this.#used.length - 1
    const keys = this.#keys
    const [a, b, c, d = 0] = this.#asked
    let slot = d & mask
    while (this.#used[slot] === 1) {
      const at = 4 * slot
      if (keys[at + 3] === d && keys[at + 2] === c && keys[at + 1] === b && keys[at] === a) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  #grow(): void {
    const keys = this.#keys
    const used = this.#used
    this.#keys = new Uint32Array(keys.length * 2)
    this.#used = new Uint8Array(used.length * 2)
    this.size = 0
    for (let slot = 0; slot < used.length; slot++) {
      if (used[slot] !== 1) continue
      this.#asked.set(keys.subarray(4 * slot, 4 * slot + 4))
      this.#put(this.#slot())
    }
  }
}

function word(oid: string, at: number): number {
  let value = 0
  for (let place = at; place < at + 8; place++) value = (value << 4) | digit(oid.charCodeAt(place))
  return value >>> 0
}

function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87
}
