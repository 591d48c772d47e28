import type { Command } from "commander";
import { iommuKinds } from "../../core/emulator";
import { plural, type Style } from "../../core/ide/text/style";
import { dependencies, holds } from "../../core/order/dependencies";
import { isLive } from "../../core/order/consumers";
import { jsonText, printable } from "../../core/printable";
import type { Project } from "../../core/project";
import { realTypes } from "../../qemu/types";
import { CannotRun, type ExitCode, exitCodes, type Io, progressOn } from "../io";
import { styleFor } from "../style";
import { type MoveReport, runMove } from "./moved";
import { machineOf } from "./order";
import {
  type ConfirmOptions,
  openQemu,
  openTreeFor,
  type RealQemu,
  saying,
  versionText,
  withTreeOptions,
} from "./options";

interface CheckOptions extends ConfirmOptions {
  readonly machine?: string;
  readonly move?: string;
  readonly before?: string;
}

interface Case {
  readonly line: string;
  readonly section: string;
  readonly before: string;
}

export function registerConfirmedCheck(confirm: Command, io: Io, finish: (code: ExitCode) => void): void {
  withTreeOptions(confirm.command("check"))
    .summary("let a load in the wrong order show what it does")
    .description(
      "For devices that do DMA while they load, before their IOMMU is loaded (dma-before-iommu): programs both as a guest " +
        "would, saves, puts the device's section before the IOMMU's, and loads: what QEMU says, or that memory is wrong.",
    )
    .option("-m, --machine <line>", "with --move and --before: QEMU command line of the machine")
    .option("--move <section>", "the section to put before another one")
    .option("--before <section>", "that other section")
    .addHelpText(
      "after",
      `
Examples:
  vmstate confirm check --qemu build/qemu-system-x86_64             what check finds
  vmstate confirm check --qemu build/qemu-system-x86_64 --all       and what would happen, were the order another
  vmstate confirm check --qemu Q --machine "-M q35 -device intel-iommu -device ich9-ahci" --move ich9_ahci --before iommu-intel

Exit status: 0 nothing wrong was shown, 1 something was, 2 could not run.`,
    )
    .action(async (options: CheckOptions) => {
      const qemu = await openQemu(io, options);
      const { project } = openTreeFor(io, options, qemu);
      const { cases, others } = await casesOf(options, project, qemu);
      const progress = progressOn(io);
      const reports: (MoveReport & Case)[] = [];
      for (const each of cases) {
        progress.report(`${each.section} before ${each.before}`);
        const { words } = machineOf(each.line);
        const report = await saying(options.qemu, () => runMove(qemu.program, project, each.line, words, each));
        reports.push({ ...each, ...report });
      }
      progress.done();
      const version = versionText(qemu.version);
      const text =
        options.format === "json"
          ? jsonText({ binary: version, target: qemu.target, runs: reports, others })
          : textOf(reports, others, version, styleFor(io));
      io.out.write(text);
      finish(reports.some(({ verdict }) => isWrong(verdict.kind)) ? exitCodes.findings : exitCodes.clean);
    });
}

const isWrong = (kind: MoveReport["verdict"]["kind"]): boolean => kind === "refused" || kind === "wrong memory";

interface Cases {
  readonly cases: readonly Case[];
  /** Sections behind IOMMUs that nobody programs here, by the name of the IOMMU's. */
  readonly others: Readonly<Record<string, readonly string[]>>;
}

async function casesOf(options: CheckOptions, project: Project, qemu: RealQemu): Promise<Cases> {
  const { machine, move, before } = options;
  if (machine !== undefined && move !== undefined && before !== undefined) {
    return { cases: [{ line: machine, section: move, before }], others: {} };
  }
  if (machine !== undefined || move !== undefined || before !== undefined) {
    throw new CannotRun("--machine, --move and --before belong together");
  }
  const creatable = new Set(await saying(options.qemu, () => realTypes(qemu.program, "pci-device")));
  const cases = new Map<string, Case>();
  const others = new Map<string, string[]>();
  for (const each of dependencies(project)) {
    const { kind, consumer, provider, createdFirst } = each;
    if (kind !== "dma" || isLive(consumer)) continue;
    if (options.all !== true && (holds(each) || createdFirst)) continue;
    const [section, iommu] = [consumer.description.name, provider.description.name];
    if (!section.known || !iommu.known) continue;
    const unit = provider.types.find((type) => isVtd(project, type));
    const device = consumer.types.find((type) => creatable.has(type));
    if (unit === undefined || device === undefined) {
      others.set(iommu.value, [...(others.get(iommu.value) ?? []), section.value]);
      continue;
    }
    const line = `-M q35,sata=off -m 16 -device ${unit} -device ${device},addr=2`;
    cases.set(`${section.value} ${iommu.value}`, { line, section: section.value, before: iommu.value });
  }
  return { cases: [...cases.values()], others: Object.fromEntries(others) };
}

function isVtd(project: Project, type: string): boolean {
  const known = project.ancestry(type).map(({ name }) => name);
  const kind = iommuKinds.find((each) => known.includes(each.type));
  return kind?.unit === "vtd" && project.type(type)?.abstract === false;
}

function textOf(
  reports: readonly (MoveReport & Case)[],
  others: Cases["others"],
  version: string,
  style: Style,
): string {
  const left = Object.entries(others).map(
    ([iommu, sections]) =>
      `${plural(sections.length, "section")} before ${printable(iommu)} not tried: only VT-d and PCI devices are programmed here\n`,
  );
  if (reports.length === 0) {
    const none = "nothing to show: no device does DMA before its IOMMU is loaded; --all breaks the order\n";
    return left.length === 0 ? none : left.join("");
  }
  const lines = reports.flatMap(({ section, before, verdict, read }) => {
    const head = style.bold(printable(`${section} before ${before}`));
    const reading = read === undefined ? "" : `; read: ${readings[read]}`;
    switch (verdict.kind) {
      case "refused":
        return [
          `${head}: ${style.red("confirmed")} on ${printable(version)}: QEMU refuses the stream${reading}`,
          ...verdict.messages.slice(-3).map((message) => `  ${printable(message)}`),
        ];
      case "wrong memory":
        return [
          `${head}: ${style.red("confirmed")} on ${printable(version)}: it loads without a word, and what the device writes ` +
            `does not reach the guest's memory${reading}`,
        ];
      case "not seen":
        return [`${head}: ${style.green("not seen")} on ${printable(version)}${reading}`];
      case "cannot be shown":
        return [`${head}: ${style.dim(`cannot be shown by a run, because ${printable(verdict.reason)}`)}`];
    }
  });
  const shown = reports.filter(({ verdict }) => isWrong(verdict.kind)).length;
  return `${lines.join("\n")}\n${plural(shown, "case")} confirmed of ${reports.length}\n${left.join("")}`;
}

const readings = {
  completed: "completes",
  failed: "fails",
  corrupted: "goes on with wrong state",
  unknown: "not known",
} as const;
