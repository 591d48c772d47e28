/** Instance ids in use under one name, and the highest of them in amortised constant time. */
export interface InstanceIds {
  /** Notes an id that was not in use. */
  add(id: number): void;
  /** One above the highest id in use, 0 when there is none. */
  next(): number;
}

/**
 * Ids mostly arrive in rising order, since most are handed out by `next`: those stay on a stack, sorted for free.
 * Ids that arrive late go to a heap. What is no longer in use is dropped when it comes to the top.
 */
export function createInstanceIds(inUse: (id: number) => boolean): InstanceIds {
  const rising: number[] = [];
  const late: number[] = [];

  function settle(): void {
    while (rising.length > 0 && !inUse(rising[rising.length - 1] ?? -1)) rising.pop();
    while (late.length > 0 && !inUse(late[0] ?? -1)) popHeap(late);
  }

  return {
    add(id) {
      if (rising.length === 0 || id > (rising[rising.length - 1] ?? 0)) rising.push(id);
      else pushHeap(late, id);
    },
    next() {
      settle();
      return Math.max(rising[rising.length - 1] ?? -1, late[0] ?? -1) + 1;
    },
  };
}

function pushHeap(heap: number[], value: number): void {
  let at = heap.push(value) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] ?? value;
    if (above >= value) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = value;
}

function popHeap(heap: number[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child = (heap[right] ?? -1) > (heap[left] ?? -1) ? right : left;
    const value = heap[child] ?? last;
    if (value <= last) break;
    heap[at] = value;
    at = child;
  }
  heap[at] = last;
}
