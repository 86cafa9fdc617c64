/** A digest of all that happened, in order: two runs with the same digest were the same run. */

export class Trace {
  #high = 0xdeadbeef
  #low = 0x41c6ce57
  #count = 0
  readonly #tell: ((line: string) => void) | null

  /** `tell` hears every line, for reading a run. */
  constructor(tell: ((line: string) => void) | null = null) {
    this.#tell = tell
  }

  /** Events so far. */
  get count(): number {
    return this.#count
  }

  note(line: string): void {
    this.#count += 1
    for (let index = 0; index < line.length; index += 1) {
      const code = line.charCodeAt(index)
      this.#high = Math.imul(this.#high ^ code, 2_654_435_761)
      this.#low = Math.imul(this.#low ^ code, 1_597_334_677)
    }
    this.#high = Math.imul(this.#high ^ (this.#high >>> 16), 2_246_822_507) ^ this.#low
    this.#low = Math.imul(this.#low ^ (this.#low >>> 13), 3_266_489_909) ^ this.#high
    this.#tell?.(line)
  }

  /** 16 hex digits. */
  get digest(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
    return hex(this.#high) + hex(this.#low)
  }
}
