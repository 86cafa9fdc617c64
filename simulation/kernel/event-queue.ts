/** Events in the order of their time; those of one instant in the order in which they were scheduled. */

/** One thing that will happen. */
export interface Scheduled {
  /** Virtual time, ms since epoch, with fractions. */
  readonly at: number
  readonly order: number
}

/** A binary heap. */
export class EventQueue<Event extends Scheduled> {
  readonly #heap: Event[] = []

  get size(): number {
    return this.#heap.length
  }

  get first(): Event | undefined {
    return this.#heap[0]
  }

  push(event: Event): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(event)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent] as Event
      if (!before(event, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = event
  }

  pop(): Event | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child += 1
      const below = heap[child] as Event
      if (!before(below, last)) break
      heap[index] = below
      index = child
    }
    heap[index] = last
    return top
  }
}

function before(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
