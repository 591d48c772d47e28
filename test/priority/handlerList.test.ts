import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  anyInstance,
  createHandlerList,
  type HandlerList,
  levelScheme,
  noAlias,
  type RegistrationResult,
  type SaveStateEntry,
} from "../../core/priority";

const scheme = levelScheme([
  { name: "MIG_PRI_UNINITIALIZED", value: 0 },
  { name: "MIG_PRI_LOW", value: 1 },
  { name: "MIG_PRI_DEFAULT", value: 2 },
  { name: "MIG_PRI_IOMMU", value: 3 },
  { name: "MIG_PRI_PCI_BUS", value: 4 },
  { name: "MIG_PRI_MAX", value: 9 },
]);

const list = (duplicates: "refuse" | "keep" = "refuse"): HandlerList<undefined> =>
  createHandlerList({ scheme, duplicates });

function device(name: string, level: number, path?: string, instanceId = anyInstance) {
  return { name, level, path, instanceId, description: `vmstate_${name}`, owner: undefined };
}

function entry(result: RegistrationResult<undefined>): SaveStateEntry<undefined> {
  if (result.kind !== "registered") throw new Error(result.kind);
  return result.entry;
}

describe("the handler list", () => {
  it("puts bridges before the IOMMU before the rest, whatever was created first", () => {
    const handlers = list();
    handlers.register(device("timer", 2));
    handlers.registerLive({ idstr: "ram", instanceId: 0, isRam: true, owner: undefined });
    handlers.register(device("iommu-intel", 3));
    handlers.register(device("pcie-root-port", 4, "0000:00:05.0"));
    handlers.register(device("e1000e", 2, "0000:00:05.0:00.0"));
    expect([...handlers].map(({ idstr, sectionId }) => [idstr, sectionId])).toEqual([
      ["0000:00:05.0/pcie-root-port", 3],
      ["iommu-intel", 2],
      ["timer", 0],
      ["ram", 1],
      ["0000:00:05.0:00.0/e1000e", 4],
    ]);
  });

  it("numbers equal names upwards, one above the highest in use", () => {
    const handlers = list();
    const first = entry(handlers.register(device("dma", 2)));
    const second = entry(handlers.register(device("dma", 2)));
    expect([first.instanceId, second.instanceId]).toEqual([0, 1]);
    expect(entry(handlers.register(device("dma", 2, undefined, 7))).instanceId).toBe(7);
    handlers.remove(first);
    expect(entry(handlers.register(device("dma", 2))).instanceId).toBe(8);
  });

  it("numbers the old names of devices that have a path", () => {
    const handlers = list();
    const first = entry(handlers.register(device("e1000e", 2, "0000:00:03.0")));
    const second = entry(handlers.register(device("e1000e", 2, "0000:00:04.0")));
    expect(first.compat).toEqual({ idstr: "e1000e", instanceId: 0 });
    expect(second.compat).toEqual({ idstr: "e1000e", instanceId: 1 });
    expect(handlers.find("e1000e", 1)).toBe(second);
    expect(handlers.find("0000:00:03.0/e1000e", 0)).toBe(first);
    expect(handlers.find("0000:00:03.0/e1000e", 1)).toBeUndefined();
  });

  it("finds an entry by its alias", () => {
    const handlers = list();
    const pic = entry(handlers.register({ ...device("i8259", 2), aliasId: 0x20 }));
    expect(handlers.find("i8259", 0x20)).toBe(pic);
    expect(handlers.find("i8259", 0)).toBe(pic);
    expect(handlers.find("i8259", noAlias)).toBeUndefined();
  });

  it("reports a duplicate in QEMU's words, or keeps it where the release did", () => {
    const handlers = list();
    handlers.register(device("timer", 2, undefined, 16));
    expect(handlers.register(device("timer", 2, undefined, 16))).toMatchObject({
      kind: "duplicate",
      message: "savevm_state_handler_insert: Detected duplicate SaveStateEntry: id=timer, instance_id=0x10",
    });
    expect(handlers.size).toBe(1);
    const lenient = list("keep");
    const first = entry(lenient.register(device("timer", 2, undefined, 0)));
    lenient.register(device("timer", 2, undefined, 0));
    expect(lenient.size).toBe(2);
    expect(lenient.find("timer", 0)).toBe(first);
  });

  it("refuses a path that does not fit and a level above the enum's end", () => {
    const path = "x".repeat(255);
    const handlers = list();
    expect(handlers.register(device("e1000e", 2, path))).toEqual({
      kind: "path-too-long",
      message: `Path too long for VMState (${path})`,
    });
    expect(handlers.register(device("e1000e", 10)).kind).toBe("assertion");
    expect(entry(handlers.register(device("e1000e", 2, "y".repeat(254)))).idstr).toHaveLength(255);
  });

  it("removes an entry once, and only from its own list", () => {
    const handlers = list();
    const timer = entry(handlers.register(device("timer", 2)));
    expect(list().remove(timer)).toBe(false);
    expect(handlers.remove(timer)).toBe(true);
    expect(handlers.remove(timer)).toBe(false);
    expect(handlers.find("timer", 0)).toBeUndefined();
    expect([...handlers]).toEqual([]);
  });

  it("finds each of thousands of devices by its path", () => {
    const handlers = createHandlerList<number>({ scheme, duplicates: "refuse" });
    const path = (i: number) => `0000:00:${i.toString(16)}.0`;
    for (let i = 0; i < 5000; i++) {
      handlers.register({ name: "nic", path: path(i), instanceId: anyInstance, description: "d", level: 0, owner: i });
      handlers.register({ name: "phy", path: path(i), instanceId: anyInstance, description: "d", level: 0, owner: -i });
    }
    for (let i = 0; i < 5000; i++) {
      expect(handlers.find(`${path(i)}/nic`, 0)?.owner).toBe(i);
      expect(handlers.find(`${path(i)}/phy`, 0)?.owner).toBe(-i);
      expect(handlers.find("nic", i)?.owner).toBe(i);
    }
    expect(handlers.find("0000:00:1.0/disk", 0)).toBeUndefined();
  });

  it("equals a stable sort and a walk over all entries, for any registrations and removals", () => {
    const action = fc.record({
      name: fc.constantFrom("a", "b", "c", "1/a"),
      level: fc.integer({ min: -3, max: 9 }),
      path: fc.option(fc.constantFrom("0:1", "0:2", "0:2/1"), { nil: undefined }),
      instanceId: fc.oneof(fc.constant(anyInstance), fc.integer({ min: 0, max: 6 })),
      aliasId: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
      remove: fc.option(fc.nat(20), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), fc.constantFrom("refuse", "keep"), (actions, duplicates) => {
        const handlers = createHandlerList<undefined>({ scheme, duplicates });
        const model: SaveStateEntry<undefined>[] = [];
        for (const { remove, ...registration } of actions) {
          const victim = remove === undefined ? undefined : model[remove];
          if (victim !== undefined) {
            expect(handlers.remove(victim)).toBe(true);
            model.splice(model.indexOf(victim), 1);
          }
          const { name, path, instanceId } = registration;
          const idstr = path === undefined ? name : `${path}/${name}`;
          const taken = model.filter((other) => other.idstr === idstr).map((other) => other.instanceId);
          const free = Math.max(-1, ...taken) + 1;
          const expected = instanceId === anyInstance || path !== undefined ? free : instanceId;
          const sorted = model.toSorted((a, b) => b.level - a.level || a.sectionId - b.sectionId);
          const existing = walk(sorted, idstr, expected);
          const result = handlers.register({ ...registration, description: name, owner: undefined });
          if (result.kind === "registered") {
            expect(result.entry.instanceId).toBe(expected);
            if (duplicates === "refuse") expect(existing).toBeUndefined();
            model.push(result.entry);
          } else if (result.kind === "duplicate") {
            expect(result.existing).toBe(existing);
          } else {
            expect(path !== undefined && expected !== 0).toBe(true);
          }
        }
        const sorted = model.toSorted((a, b) => b.level - a.level || a.sectionId - b.sectionId);
        expect([...handlers]).toEqual(sorted);
        for (const idstr of ["a", "b", "c", "1/a", "0:1/a", "0:2/b", "0:2/1/a", "0:2/1/1/a"]) {
          for (let id = 0; id < 8; id++) expect(handlers.find(idstr, id)).toBe(walk(sorted, idstr, id));
        }
      }),
    );
  });
});

function walk(entries: readonly SaveStateEntry<undefined>[], idstr: string, id: number) {
  return entries.find(
    ({ idstr: own, instanceId, aliasId, compat }) =>
      (own === idstr && (instanceId === id || aliasId === id)) ||
      (compat?.idstr === idstr && (compat.instanceId === id || aliasId === id)),
  );
}
