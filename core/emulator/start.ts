/** What QEMU registers around the board: timers, RAM, its own state. */
import type { LocatedFunction, Project } from "../project/project";
import type { MachineBuilder } from "./machine";
import { registerCalls } from "./register";
import { registrationIndex } from "./setUp";

/** Functions that register unconditionally before the board is made. Those the tree lacks are left out. */
const before = ["cpu_timers_init", "blk_mig_init", "ram_mig_init", "dirty_bitmap_mig_init"];
/** Where the back ends of -netdev and of -audiodev come up, and who registers one of the latter in which release. */
const networks = "net_init_clients";
const sound = "audio_init_audiodevs";
const soundBackends = ["audio_init", "audio_be_init", "audio_mixeng_backend_init"];
const after = ["register_global_state"];

export function registerStart(builder: MachineBuilder): void {
  for (const name of inOrder(builder.project, [...before, networks, sound])) {
    if (name === networks) registerNetworks(builder);
    else if (name === sound) registerSound(builder);
    else registerCalls(builder, registrationIndex(builder.project).get(name) ?? [], { type: "" });
  }
  if ([...builder.handlers].some(({ isRam }) => isRam)) return;
  builder.notes.push("the tree has no handler for RAM; RAM is sent all the same");
  const owner = { type: "", device: undefined, description: undefined, operations: new Set<string>() };
  builder.handlers.registerLive({ idstr: "ram", instanceId: 0, isRam: true, owner });
}

export function registerEnd(builder: MachineBuilder): void {
  for (const name of after) registerCalls(builder, registrationIndex(builder.project).get(name) ?? [], { type: "" });
}

/** Each -netdev user has a handler, registered where the library's instance is made. */
function registerNetworks(builder: MachineBuilder): void {
  const { userNetworks, defaults } = builder.request;
  const count = userNetworks + (defaults && userNetworks === 0 ? 1 : 0);
  for (let i = 0; i < count; i++)
    registerCalls(builder, registrationIndex(builder.project).get("net_slirp_init") ?? [], { type: "" });
}

function registerSound(builder: MachineBuilder): void {
  const index = registrationIndex(builder.project);
  const calls = soundBackends.flatMap((name) => index.get(name) ?? []).slice(0, 1);
  for (let i = 0; i < builder.request.audioBackends; i++) registerCalls(builder, calls, { type: "" });
}

const maximumDepth = 2;

/** The order in which main's start-up reaches these functions; those it does not reach by direct calls keep their place behind. */
function inOrder(project: Project, names: readonly string[]): readonly string[] {
  const main = project.function("qemu_init", "");
  if (main === undefined) return names;
  const wanted = new Set(names);
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (located: LocatedFunction, depth: number): void => {
    for (const { callee, through } of project.calls(located)) {
      if (through !== undefined || seen.has(callee)) continue;
      seen.add(callee);
      if (wanted.has(callee)) found.push(callee);
      else if (depth < maximumDepth) {
        const next = project.function(callee, located.file);
        if (next !== undefined) visit(next, depth + 1);
      }
    }
  };
  visit(main, 0);
  return [...found, ...names.filter((name) => !found.includes(name))];
}
