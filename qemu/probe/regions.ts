/** Where a guest reaches a machine's registers, from what QEMU prints of its memory: `info mtree -f -o`. */

interface Placed {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
  readonly name: string;
  /** Of `start` in the region. */
  readonly offset: number;
  /** QOM path or `id=…` of its device, as QEMU prints it; "" for none. */
  readonly owner: string;
}

export type Region =
  | (Placed & { readonly space: "memory" | "ports" })
  /** Of a PCI function; `select`: what the first configuration mechanism's address port takes for its start. */
  | (Placed & { readonly space: "config"; readonly select: number });

const line =
  /^\s+([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, i\/o\): (.*?)(?: @([0-9a-f]{16}))?(?: (?:KVM|HVF|TCG))?(?: owner:\{(?:dev|obj) ([^}]*)\})?(?: parent:\{[^}]*\})?\s*$/;

/** Regions that have operations, in the first processor's memory and in ports. */
export function regionsIn(text: string): readonly Region[] {
  return viewsIn(text).flatMap(({ space, view }) => [...regionsOf(space, view)]);
}

/** Each line of the two views, as it is compared with another machine's. */
export function mapOf(text: string): ReadonlySet<string> {
  const lines = viewsIn(text).flatMap(({ view }) => view.split("\n"));
  return new Set(lines.flatMap((each) => (/^\s+[0-9a-f]{16}-/.test(each) ? [each.trim()] : [])));
}

function viewsIn(text: string): readonly { readonly space: "memory" | "ports"; readonly view: string }[] {
  const views = text.split(/^FlatView #\d+\s*$/m).slice(1);
  const byName = new Map<string, string>();
  for (const view of views) {
    for (const [, name = ""] of view.matchAll(/AS "([^"]*)"/g)) if (!byName.has(name)) byName.set(name, view);
  }
  const names = [...byName.keys()];
  const memory = ["cpu-memory-0", ...names.filter((name) => name.startsWith("cpu-memory")), "memory"].find((name) =>
    byName.has(name),
  );
  return [
    { space: "memory", view: byName.get(memory ?? "") ?? "" },
    { space: "ports", view: byName.get("I/O") ?? "" },
  ];
}

function* regionsOf(space: "memory" | "ports", view: string): Generator<Region> {
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

const ownerOf = /owner:\{(?:dev|obj) ((?:id|path)=[^}]*)\}/;

/** Of a line of the memory map; "" for none with a path. */
export function ownerIn(text: string): string {
  return ownerOf.exec(text)?.[1] ?? "";
}

/** Devices that have a region, RAM and ROM among them, each once. */
export function ownersIn(text: string): ReadonlySet<string> {
  return new Set(text.split("\n").flatMap((each) => ownerIn(each) || []));
}

/** Where QMP finds the device that a region belongs to. */
export function objectOf(owner: string): string {
  return owner.startsWith("id=") ? `/machine/peripheral/${owner.slice(3)}` : owner.replace(/^path=/, "");
}
