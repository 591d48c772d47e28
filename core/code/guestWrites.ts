/** What a guest's write to a device's registers does to QEMU's own memory map and interrupt routes. */
import { localsOf } from "../c/body/locals";
import { nodesIn, type Node } from "../c/body/walk";
import type { FileFacts } from "../c/facts";
import type { SourceRange } from "../c/range";
import { accessHandlers } from "./accessHandlers";
import { callGraph } from "./callGraph";
import type { LoadEffectKind } from "./effects";
import type { CallEdge } from "./functionNode";
import { bodyOf } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";

/** Longer chains run through the machinery of many devices. */
const depthLimit = 5;

export interface GuestWrite {
  readonly kind: LoadEffectKind;
  readonly api: string;
  /** From the function that the write runs to the one with the call; never empty. */
  readonly chain: readonly string[];
  /** Name of the function called. */
  readonly range: SourceRange;
  /** Member or variable that is switched: `smb.io` of `memory_region_set_enabled(&s->smb.io, true)`. */
  readonly part: string | undefined;
  /** Structs that stand behind the first function's `opaque`: the device's state. */
  readonly structs: readonly string[];
}

type ApiEdge = CallEdge & { readonly kind: "api" };

// routes that are added only spare QEMU the delivery; those that are updated are there in any case
const switching: readonly string[] = [
  ..."enabled address size alias_offset readonly".split(" ").map((what) => `memory_region_set_${what}`),
  "memory_region_rom_device_set_romd",
  "kvm_irqchip_update_msi_route",
  "kvm_irqchip_commit_routes",
  ...["", "_ns", "_anticipate", "_anticipate_ns"].map((how) => `timer_mod${how}`),
  "ptimer_run",
  "qemu_chr_fe_add_watch",
  ...["portio_list_set_enabled", "portio_list_set_address"],
];
const subregions: readonly string[] = ["memory_region_add_subregion", "memory_region_del_subregion"];

function isSwitching(name: string): boolean {
  return switching.includes(name) || subregions.some((each) => name.startsWith(each));
}

const known = new WeakMap<FileFacts, readonly GuestWrite[]>();

/** Switches in functions of the file that a guest's write reaches by name, within the file; one for each such function. */
export function guestWrites(project: Project, file: string): readonly GuestWrite[] {
  const facts = project.facts(file);
  if (!facts) return [];
  const before = known.get(facts);
  if (before) return before;
  const text = project.text(file) ?? "";
  const mayWrite = [...switching, ...subregions].some((name) => text.includes(name));
  const found = mayWrite ? readWrites(project, file, writersIn(project, file)) : [];
  known.set(facts, found);
  return found;
}

/** Handlers of registers, and of what comes over a bus or a line; not of what comes from outside of the machine. */
function writersIn(project: Project, file: string): readonly string[] {
  const { writes, inputs, outside } = accessHandlers(project, file);
  return [...writes.keys(), ...inputs.keys()].filter((name) => !outside.has(name));
}

/** `DinoState` of `DinoState *s = opaque;` or `(DinoState *)opaque`: what the function's first parameter stands for. */
function statesOf(project: Project, fn: LocatedFunction): readonly string[] {
  const body = bodyOf(project, fn);
  const [device] = body.parameters;
  if (device === undefined || device.name === "") return [];
  const isDevice = (node: Node): boolean => node.kind === "identifier" && node.name === device.name;
  const found = new Set<string>();
  for (const { declarator } of localsOf(body).all) {
    for (const node of declarator.value === undefined ? [] : nodesIn(declarator.value)) {
      if (isDevice(node)) found.add(declarator.typeName);
    }
  }
  for (const node of nodesIn(body.block)) {
    if (node.kind !== "cast" || !isDevice(node.operand) || node.type.parts.length !== 1) continue;
    const { base } = node.type;
    if (base.kind === "name") found.add(base.name);
    else if (base.kind === "record" && base.record.tag !== undefined) found.add(base.record.tag);
  }
  return [...found];
}

export function isSwitch(edge: CallEdge): edge is ApiEdge {
  return edge.kind === "api" && isSwitching(edge.name);
}

interface Step {
  readonly fn: LocatedFunction;
  readonly chain: readonly string[];
  readonly structs: readonly string[];
}

function readWrites(project: Project, file: string, writers: readonly string[]): readonly GuestWrite[] {
  const graph = callGraph(project);
  const found: GuestWrite[] = [];
  const seen = new Set<string>();
  const inFile = (name: string): LocatedFunction | undefined => {
    const fn = project.function(name, file);
    return fn?.file === file ? fn : undefined;
  };
  let level = writers.flatMap((name): readonly Step[] => {
    const fn = inFile(name);
    if (!fn) return [];
    return [{ fn, chain: [name], structs: statesOf(project, fn) }];
  });
  for (let depth = 0; depth < depthLimit && level.length > 0; depth++) {
    const next: Step[] = [];
    for (const { fn, chain, structs } of level) {
      const { name } = fn.definition;
      // one function may serve several devices
      const key = `${name} ${structs.join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const node = graph.node(name, file);
      for (const edge of node?.edges ?? []) {
        const { start } = edge;
        if (isSwitch(edge)) {
          const range = { file, start, end: start + edge.name.length };
          found.push({ kind: edge.entry.kind, api: edge.name, chain, range, part: node?.partOf(edge), structs });
        }
        const target = edge.kind === "direct" && edge.file === file ? inFile(edge.name) : undefined;
        if (target) next.push({ fn: target, chain: [...chain, target.definition.name], structs });
      }
    }
    level = next;
  }
  return found;
}
