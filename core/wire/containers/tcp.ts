/** One direction of a TCP connection put together from captured segments, which stay where they are. */
import type { ByteSource } from "../framing/input";
import { counted } from "./source";

const first = 1024;

export class Flow {
  private starts = new Float64Array(first);
  private places = new Float64Array(first);
  private lengths = new Uint32Array(first);
  private count = 0;
  private base: number | undefined;
  /** Offset in the stream of the next byte expected. */
  private next = 0;
  /** The connection's beginning is in the capture. */
  hasStart = false;

  constructor(
    readonly from: string,
    readonly to: string,
  ) {}

  get segments(): number {
    return this.count;
  }

  /** `place`: offset in the file of `length` captured bytes whose first one has this sequence number. */
  add(sequence: number, isStart: boolean, place: number, length: number): void {
    if (isStart) {
      this.hasStart = true;
      this.base = (sequence + 1) >>> 0;
      this.next = 0;
    }
    if (length === 0) return;
    this.base ??= sequence;
    const own = isStart ? sequence + 1 : sequence;
    const start = this.next + ((own - ((this.base + this.next) >>> 0)) | 0);
    if (start < 0) return;
    if (this.count === this.starts.length) this.grow();
    this.starts[this.count] = start;
    this.places[this.count] = place;
    this.lengths[this.count] = length;
    this.count++;
    this.next = Math.max(this.next, start + length);
  }

  /** The bytes up to the first that was not captured. */
  source(file: ByteSource): ByteSource {
    this.sort();
    const { starts, places, lengths, count } = this;
    let size = 0;
    let kept = 0;
    let gap: string | undefined;
    for (let i = 0; i < count; i++) {
      const [start, place, length] = [starts[i] ?? 0, places[i] ?? 0, lengths[i] ?? 0];
      if (start > size) {
        gap = `the capture lacks ${counted(start - size, "byte")} of the connection from byte ${size} on`;
        break;
      }
      const old = size - start;
      if (old >= length) continue;
      starts[kept] = size;
      places[kept] = place + old;
      lengths[kept] = length - old;
      kept++;
      size = start + length;
    }
    const segmentAt = (offset: number): number => {
      let [low, high] = [0, kept - 1];
      while (low < high) {
        const middle = (low + high + 1) >>> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return low;
    };
    return {
      size,
      problem: () => gap,
      read(offset, target) {
        if (offset >= size) return 0;
        let done = 0;
        for (let i = segmentAt(offset); i < kept && done < target.length; i++) {
          const within = offset + done - (starts[i] ?? 0);
          const wanted = Math.min(target.length - done, (lengths[i] ?? 0) - within);
          const read = file.read((places[i] ?? 0) + within, target.subarray(done, done + wanted));
          done += read;
          if (read < wanted) break;
        }
        return done;
      },
    };
  }

  private grow(): void {
    const larger = <T extends Float64Array | Uint32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const size = 2 * this.count;
    this.starts = larger(this.starts, new Float64Array(size));
    this.places = larger(this.places, new Float64Array(size));
    this.lengths = larger(this.lengths, new Uint32Array(size));
  }

  private sort(): void {
    const { starts, places, lengths, count } = this;
    let inOrder = true;
    for (let i = 1; i < count && inOrder; i++) inOrder = (starts[i - 1] ?? 0) <= (starts[i] ?? 0);
    if (inOrder) return;
    const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
    this.starts = Float64Array.from(order, (i) => starts[i] ?? 0);
    this.places = Float64Array.from(order, (i) => places[i] ?? 0);
    this.lengths = Uint32Array.from(order, (i) => lengths[i] ?? 0);
  }
}
