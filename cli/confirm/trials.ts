/** What `confirm check` runs for findings and for dependencies, and what each run says. */
import type { Verdict } from "../../core/check/diagnostic";
import { iommuKinds } from "../../core/emulator";
import type { RegisterShowing } from "../../core/confirm/shown";
import type { Dependency } from "../../core/order/dependencies";
import type { Project } from "../../core/project";
import { probe, type ProbedMachine, type ProbeReport } from "../../qemu/probe/probe";
import { realTypes } from "../../qemu/types";
import { type MoveReport, runMove } from "./moved";
import { machineOf } from "./order";
import { type ProbeVerdict, verdictOfProbe } from "./probeVerdict";
import { type RealQemu, saying, versionText } from "./options";
import { isPcTarget, usualMachine } from "./probe";

/** Two sections in the wrong order, on a machine. */
export interface OrderTrial {
  readonly line: string;
  readonly section: string;
  readonly before: string;
}

export interface OrderRun extends OrderTrial, MoveReport {}

export interface Trials {
  /** Undefined where the machine cannot be made here. Rejects with CannotRun. */
  orderTrial(dependency: Dependency): Promise<OrderTrial | undefined>;
  /** Each pair of sections runs once. Rejects with CannotRun. */
  runOrder(trial: OrderTrial): Promise<OrderRun>;
  /** `line`: the machine to add the device to; undefined: the usual one. Rejects with CannotRun. */
  runRegisters(showing: RegisterShowing, line: string | undefined): Promise<Verdict>;
  cannot(ground: string): Verdict;
  verdictOf(run: OrderRun): Verdict;
}

/** `label`: as the user named the QEMU. */
export function createTrials(label: string, { program, version, target }: RealQemu, project: Project): Trials {
  const by = { binary: versionText(version), target };
  const known = new Map<string, Promise<OrderRun>>();
  const confirmed = (ground: string, messages: readonly string[]): Verdict => ({
    kind: "confirmed",
    ground,
    messages,
    ...by,
  });
  let creatable: Promise<ReadonlySet<string>> | undefined;
  const trials: Trials = {
    async orderTrial({ consumer, provider }) {
      creatable ??= saying(label, async () => new Set(await realTypes(program, "pci-device")));
      const types = await creatable;
      if (!("description" in consumer)) return undefined;
      const [section, iommu] = [consumer.description.name, provider.description.name];
      const unit = provider.types.find((type) => isVtd(project, type));
      const device = consumer.types.find((type) => types.has(type));
      if (!section.known || !iommu.known || unit === undefined || device === undefined) return undefined;
      const line = `-M q35,sata=off -m 16 -device ${unit} -device ${device},addr=2`;
      return { line, section: section.value, before: iommu.value };
    },
    runOrder(trial) {
      const key = JSON.stringify(trial);
      const { words } = machineOf(trial.line);
      const run =
        known.get(key) ??
        saying(label, async () => ({ ...trial, ...(await runMove(program, project, trial.line, words, trial)) }));
      known.set(key, run);
      return run;
    },
    async runRegisters({ types, counts }, line) {
      const isPc = isPcTarget(target);
      const machine = line ?? (isPc ? usualMachine : undefined);
      if (machine === undefined) return trials.cannot(`--machine names no machine of ${target}`);
      const { words } = machineOf(machine);
      const own: ProbedMachine = { args: words, device: undefined, isPc, types: new Set(types) };
      const added = types.map((device): ProbedMachine => ({ args: words, device, isPc }));
      const verdicts: Verdict[] = [];
      for (const each of [...added.slice(0, mostTypes), own]) {
        const judge = (report: ProbeReport): ProbeVerdict =>
          verdictOfProbe(project, report, each.device ?? types.join(", "), { counts, types });
        // how many are lost is told of any: then all are looked for
        const isEnough = (report: ProbeReport): boolean => counts !== "any" && judge(report).kind === "confirmed";
        const verdict = judge(await saying(label, () => probe(program, each, isEnough)));
        if (verdict.kind !== "cannot be shown") return { ...verdict, ...by };
        verdicts.push({ ...verdict, ...by });
      }
      return verdicts.find(({ ground }) => ground !== "") ?? trials.cannot("no type has the table");
    },
    cannot: (ground) => ({ kind: "cannot be shown", ground, messages: [], ...by }),
    verdictOf({ verdict }) {
      switch (verdict.kind) {
        case "refused":
          return confirmed("QEMU refuses the stream", verdict.messages.slice(-mostWords));
        case "wrong memory":
          return confirmed("it loads without a word, and what the device writes does not reach the guest's memory", []);
        case "not seen":
          return { kind: "not seen", ground: "the device works all the same", messages: [], ...by };
        case "cannot be shown":
          return trials.cannot(verdict.reason);
      }
    },
  };
  return trials;
}

/** Types that are made one by one. */
const mostTypes = 8;
/** Lines of QEMU's that are kept. */
const mostWords = 3;

function isVtd(project: Project, type: string): boolean {
  const known = project.ancestry(type).map(({ name }) => name);
  const kind = iommuKinds.find((each) => known.includes(each.type));
  return kind?.unit === "vtd" && project.type(type)?.abstract === false;
}
