/** What a guest's write to a device's registers does to QEMU's own memory map and interrupt routes. */
import { localTypes } from "../c/assignments";
import type { FileFacts } from "../c/facts";
import type { SourceRange } from "../c/range";
import { accessHandlers } from "./accessHandlers";
import { callGraph } from "./callGraph";
import type { LoadEffectKind } from "./effects";
import type { CallEdge } from "./functionNode";
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
const switching =
  /\b(?:memory_region_(?:set_enabled|set_address|set_size|set_alias_offset|set_readonly|rom_device_set_romd|(?:add|del)_subregion\w*)|kvm_irqchip_(?:update_msi_route|commit_routes)|timer_mod(?:_ns|_anticipate|_anticipate_ns)?|ptimer_run|qemu_chr_fe_add_watch)\b/;
const known = new WeakMap<FileFacts, readonly GuestWrite[]>();

/** Switches in functions of the file that a guest's write reaches by name, within the file; one for each such function. */
export function guestWrites(project: Project, file: string): readonly GuestWrite[] {
  const facts = project.facts(file);
  if (!facts) return [];
  const before = known.get(facts);
  if (before) return before;
  const text = project.text(file) ?? "";
  const found = switching.test(text) ? readWrites(project, file, writersIn(project, file)) : [];
  known.set(facts, found);
  return found;
}

/** Handlers of registers, and of what comes over a bus or a line; not of what comes from outside of the machine. */
function writersIn(project: Project, file: string): readonly string[] {
  const { writes, inputs, outside } = accessHandlers(project, file);
  return [...writes.keys(), ...inputs.keys()].filter((name) => !outside.has(name));
}

/** `DinoState` of `DinoState *s = opaque;` or `(DinoState *)opaque`: what the function's first parameter stands for. */
function statesOf(text: string, { definition }: LocatedFunction): readonly string[] {
  const parameters = text.slice(definition.parametersStart, definition.parametersEnd);
  const device = /(\w+)\s*$/.exec((parameters.split(",", 1)[0] ?? "").slice(-200))?.[1];
  if (device === undefined) return [];
  const mentions = new RegExp(`\\b${device}\\b`);
  const found = [...localTypes(text, definition).values()].filter(({ value }) => mentions.test(value ?? ""));
  const body = text.slice(definition.bodyStart, definition.bodyEnd);
  const casts = [...body.matchAll(new RegExp(`\\(\\s*(?:struct\\s+)?(\\w+)\\s*\\*\\s*\\)\\s*${device}\\b`, "g"))];
  return [...new Set([...found.map(({ typeName }) => typeName), ...casts.map((match) => match[1] ?? "")])];
}

/** The region, or the timer, among the arguments of a call. */
export function partOf(name: string, args: readonly string[]): string | undefined {
  const at = name.startsWith("memory_region_add_subregion") ? 2 : name === "memory_region_del_subregion" ? 1 : 0;
  const path = (args[at] ?? "").slice(0, 500).replace(/\s|\[[^\]]*\]/g, "");
  return /^&?\(?\w+(?:->|\.)([\w.>-]+)\)?$/.exec(path)?.[1] ?? /^&?\(?(\w+)\)?$/.exec(path)?.[1];
}

export function isSwitch(edge: CallEdge): edge is ApiEdge {
  return edge.kind === "api" && switching.test(edge.name);
}

interface Step {
  readonly fn: LocatedFunction;
  readonly chain: readonly string[];
  readonly structs: readonly string[];
}

function readWrites(project: Project, file: string, writers: readonly string[]): readonly GuestWrite[] {
  const { api } = callGraph(project);
  const found: GuestWrite[] = [];
  const seen = new Set<string>();
  const inFile = (name: string): LocatedFunction | undefined => {
    const fn = project.function(name, file);
    return fn?.file === file ? fn : undefined;
  };
  let level = writers.flatMap((name): readonly Step[] => {
    const fn = inFile(name);
    if (!fn) return [];
    return [{ fn, chain: [name], structs: statesOf(project.text(file) ?? "", fn) }];
  });
  for (let depth = 0; depth < depthLimit && level.length > 0; depth++) {
    const next: Step[] = [];
    for (const { fn, chain, structs } of level) {
      const { name } = fn.definition;
      // one function may serve several devices
      const key = `${name} ${structs.join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      for (const { callee, through, args, start } of project.calls(fn)) {
        if (through !== undefined) continue;
        const entry = switching.test(callee) ? api.effect(callee) : undefined;
        if (entry) {
          const range = { file, start, end: start + callee.length };
          found.push({ kind: entry.kind, api: callee, chain, range, part: partOf(callee, args), structs });
        }
        const target = inFile(callee);
        if (target) next.push({ fn: target, chain: [...chain, callee], structs });
      }
    }
    level = next;
  }
  return found;
}
