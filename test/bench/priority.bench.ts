import { bench, describe } from "vitest";
import { anyInstance, createHandlerList, levelScheme } from "../../core/priority";

const scheme = levelScheme([0, 1, 2, 3, 4, 5].map((value) => ({ name: `LEVEL_${value}`, value })));

function insertAll(count: number, path: (index: number) => string | undefined): void {
  const handlers = createHandlerList<undefined>({ scheme, duplicates: "refuse" });
  for (let i = 0; i < count; i++) {
    handlers.register({
      name: "device",
      path: path(i),
      instanceId: anyInstance,
      description: "vmstate_device",
      level: i % 6,
      owner: undefined,
    });
  }
}

const withoutPath = () => undefined;
const withPath = (index: number) => `0000:${index.toString(16)}`;

/** As first committed in 2017: each insertion walks the list up to its place. */
function insertByWalking(count: number): void {
  interface Handler {
    readonly level: number;
    next: Handler | undefined;
  }
  let head: Handler | undefined;
  for (let i = 0; i < count; i++) {
    const level = i % 6;
    let previous: Handler | undefined;
    let at = head;
    while (at !== undefined && at.level >= level) {
      previous = at;
      at = at.next;
    }
    const made = { level, next: at };
    if (previous === undefined) head = made;
    else previous.next = made;
  }
}

const once = { iterations: 3, warmupIterations: 1, time: 0, warmupTime: 0 };

describe("handler insertion", () => {
  bench("10,000 insertions", () => insertAll(10_000, withoutPath), once);
  bench("100,000 insertions", () => insertAll(100_000, withoutPath), once);
  bench("1,000,000 insertions", () => insertAll(1_000_000, withoutPath), once);
  bench("1,000,000 insertions, each with a device path", () => insertAll(1_000_000, withPath), once);
  bench("10,000 insertions walking the list (2017)", () => insertByWalking(10_000), once);
});
