/** Where a guest reaches a machine's registers, from what QEMU prints of its memory: `info mtree -f -o`. */

export interface Region {
  readonly space: "memory" | "ports";
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
  readonly name: string;
  /** Of `start` in the region. */
  readonly offset: number;
  /** QOM path or `dev id=…` of its device, as QEMU prints it; "" for none. */
  readonly owner: string;
}

const line =
  /^\s+([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, i\/o\): (.*?)(?: @([0-9a-f]{16}))?(?: (?:KVM|HVF|TCG))?(?: owner:\{(?:dev|obj) ([^}]*)\})?(?: parent:\{[^}]*\})?\s*$/;

/** Regions that have operations, in the first processor's memory and in ports. */
export function regionsIn(text: string): readonly Region[] {
  const views = text.split(/^FlatView #\d+\s*$/m).slice(1);
  const byName = new Map<string, string>();
  for (const view of views) {
    for (const [, name = ""] of view.matchAll(/AS "([^"]*)"/g)) if (!byName.has(name)) byName.set(name, view);
  }
  const names = [...byName.keys()];
  const memory = ["cpu-memory-0", ...names.filter((name) => name.startsWith("cpu-memory")), "memory"].find((name) =>
    byName.has(name),
  );
  return [...regionsOf("memory", byName.get(memory ?? "") ?? ""), ...regionsOf("ports", byName.get("I/O") ?? "")];
}

function* regionsOf(space: Region["space"], view: string): Generator<Region> {
  for (const each of view.split("\n")) {
    const [, start, end, name = "", at, owner = ""] = line.exec(each) ?? [];
    if (start === undefined || end === undefined) continue;
    const from = Number.parseInt(start, 16);
    if (!Number.isSafeInteger(from)) continue;
    yield { space, start: from, end: Number.parseInt(end, 16), name, offset: Number.parseInt(at ?? "0", 16), owner };
  }
}

/** Whether the device of that id, or something inside it, has the region. */
export function belongsTo({ owner }: Region, id: string): boolean {
  const path = `/machine/peripheral/${id}`;
  return owner === `id=${id}` || owner === `path=${path}` || owner.startsWith(`path=${path}/`);
}
