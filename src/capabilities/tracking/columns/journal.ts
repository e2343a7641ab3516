/** More than twice so many are not remembered. */
const MOST = 4096

/** Which runs got another value, in the order in which they got it, so that what was made of a column is mended and not made anew. */
export class Journal {
  #runs: number[] = []
  #forgotten = 0

  /** The place after all that was noted. */
  get end(): number {
    return this.#forgotten + this.#runs.length
  }

  note(run: number): void {
    this.#runs.push(run)
    if (this.#runs.length <= 2 * MOST) return
    this.#forgotten += MOST
    this.#runs = this.#runs.slice(MOST)
  }

  /** What was noted from this place on; `null` when that is not known any more. */
  since(place: number): readonly number[] | null {
    return place < this.#forgotten ? null : this.#runs.slice(place - this.#forgotten)
  }
}
