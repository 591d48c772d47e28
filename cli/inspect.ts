import { type Command, Option } from "commander";
import { analyzeDesc, analyzeStateText } from "../core/wire/inspect/analyzeStream";
import type { Edits } from "../core/wire/inspect/edit";
import { type Inspection, inspectStream } from "../core/wire/inspect/inspect";
import { didYouMean } from "../core/nearest";
import { jsonText, printable, printableJson } from "../core/printable";
import { type Layer, layersJson, layersText, whyNone } from "../core/wire/containers";
import { inspectionJsonText, inspectionText } from "../core/wire/inspect/present";
import { type TreeDecoding, treeDecoding } from "./inspectTree";
import { writeStream } from "./inspectWrite";
import { compareStreams } from "./inspectTwo";
import { printMemory } from "./inspectMemory";
import { openFile } from "./streamFile";
import { CannotRun, type ExitCode, exitCodes, type Io } from "./io";
import { buildOption, configOption, snapshotOption, targetOption, treatAsOption, noCacheOption } from "./options";

interface InspectCommandOptions {
  readonly tree?: string;
  readonly target?: string;
  readonly config?: ReadonlyMap<string, string>;
  readonly treatAs?: string;
  readonly format: "human" | "json" | "analyze";
  readonly dump: "state" | "desc";
  readonly fields?: boolean;
  readonly section?: readonly string[];
  readonly snapshot?: string;
  readonly otherSnapshot?: string;
  readonly xml?: boolean;
  readonly memory?: string;
  readonly rewrite?: string;
  readonly drop?: readonly string[];
  readonly move?: string;
  readonly before?: string;
  readonly set?: readonly string[];
}

export function registerInspect(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("inspect")
    .summary("show what a migration stream holds")
    .description(
      "Shows the sections of a migration stream in order and their fields: by the definitions of a source tree where " +
        "one is given, else by the JSON that QEMU puts behind the stream; where both are there they are compared. " +
        "The stream may be packed, in an image of virsh save, a snapshot of a qcow2 image, a state volume or a packet " +
        "capture, or stand behind other bytes: what is around it is said first.",
    )
    .argument("<file>", 'a file with a stream, as from QEMU\'s migrate "exec:cat > file"; - is standard input')
    .argument("[other]", "another one: the two are compared side by side, field by field")
    .option("-t, --tree <dir>", "QEMU source tree of the release that wrote the stream")
    .addOption(targetOption())
    .addOption(configOption())
    .addOption(buildOption())
    .addOption(treatAsOption())
    .addOption(noCacheOption())
    .addOption(
      new Option("-f, --format <format>", "how to print; analyze is what scripts/analyze-migration.py prints")
        .choices(["human", "json", "analyze"])
        .default("human"),
    )
    .addOption(new Option("-d, --dump <what>", "with --format analyze").choices(["state", "desc"]).default("state"))
    .option("--fields", "print the fields as well (human format)")
    .option("--section <idstr...>", "only sections of these names")
    .addOption(snapshotOption())
    .option("--other-snapshot <name>", "the same for the other file, which may be the same one (default: --snapshot)")
    .option("--xml", "print libvirt's description of the guest, where the file has it")
    .option(
      "--memory <place>",
      "print bytes of RAM: ADDRESS (with --tree) or BLOCK:OFFSET, +LENGTH behind it (default: 256 bytes)",
    )
    .option("--rewrite <out>", "decode to values, encode again into this file; with the edits below")
    .option("--drop <section...>", "with --rewrite: leave sections out")
    .option("--move <section>", "with --rewrite and --before: put this section elsewhere")
    .option("--before <section>", "the section to put it before")
    .option("--set <section.field=value...>", "with --rewrite: change a value; bytes are given in hexadecimal")
    .addHelpText(
      "after",
      `
Examples:
  vmstate inspect vm.mig
  vmstate inspect vm.mig --tree ~/qemu --fields --section 0000:00:03.0/e1000e
  vmstate inspect vm.mig --format analyze -d desc
  vmstate inspect /var/lib/libvirt/qemu/save/guest.save --xml
  vmstate inspect disk.qcow2 --snapshot before-update
  vmstate inspect vm.mig --tree ~/qemu --memory 0x7c00+512
  vmstate inspect before.mig after.mig
  vmstate inspect disk.qcow2 disk.qcow2 --snapshot 1 --other-snapshot 2
  vmstate inspect vm.mig --rewrite new.mig --move 0000:00:1f.2/ich9_ahci --before iommu-intel
  vmstate inspect vm.mig --rewrite new.mig --set timer.cpu_clock_offset=0x10

Exit status of one file: 0 the stream is sound, 1 it has an error or an order problem, 2 could not run or no stream is in the file.
Of two: 0 they are the same, 1 they differ, 2 could not run.`,
    )
    .action(async (file: string, other: string | undefined, options: InspectCommandOptions) => {
      if (other !== undefined) return finish(await compareStreams(io, [file, other], options));
      if (options.otherSnapshot !== undefined) throw new CannotRun("--other-snapshot goes with two files");
      const opening = await openFile(io, file, options);
      if (opening.kind === "none") throw new CannotRun(`${file}: ${whyNone(opening)}`);
      if (opening.kind === "listed") {
        if (options.rewrite !== undefined || options.format === "analyze")
          throw new CannotRun(`${file}: ${whyNone(opening)}`);
        printLayers(io, opening.layers, options);
        if (opening.choose !== undefined) io.err.write(`${printable(opening.choose)}\n`);
        return finish(exitCodes.clean);
      }
      const { source, layers, close } = opening;
      try {
        const decoding: Partial<TreeDecoding> = options.tree === undefined ? {} : treeDecoding(io, options);
        const whole = inspectStream(source, decoding);
        const note = decoding.machineNote?.(whole);
        if (note !== undefined) io.err.write(`vmstate: ${printable(note)}\n`);
        const edits = editsOf(options);
        const problem = source.problem?.();
        if (problem !== undefined) io.err.write(`${printable(problem)}\n`);
        if (options.rewrite !== undefined) {
          writeStream(io, whole, edits, source, { file, out: options.rewrite });
          return finish(exitCodes.clean);
        }
        if (options.memory !== undefined) {
          printMemory(io, source, whole, decoding.memory, options.memory, options.format);
          return finish(exitCodes.clean);
        }
        const inspection = select(whole, options.section);
        print(io, inspection, layers, options);
        const isBad = inspection.error !== undefined || inspection.sections.some((each) => each.orderProblem);
        finish(isBad || problem !== undefined ? exitCodes.findings : exitCodes.clean);
      } finally {
        close();
      }
    });
}

function editsOf(options: InspectCommandOptions): Edits {
  const { drop = [], set = [], move, before, rewrite } = options;
  if ((move === undefined) !== (before === undefined)) throw new CannotRun("--move and --before belong together");
  if (rewrite === undefined && (drop.length > 0 || set.length > 0 || move !== undefined)) {
    throw new CannotRun("give the file to write with --rewrite");
  }
  return { drop, set, move: move === undefined || before === undefined ? [] : [{ section: move, before }] };
}

function select(inspection: Inspection, names: readonly string[] | undefined): Inspection {
  if (names === undefined) return inspection;
  const sections = inspection.sections.filter((section) => names.includes(section.event.idstr));
  const known = [...new Set(inspection.sections.map((section) => section.event.idstr))];
  for (const name of names)
    if (!known.includes(name)) throw new CannotRun(`no section is named ${name}${didYouMean(name, known)}`);
  return { ...inspection, sections };
}

function printLayers(io: Io, layers: readonly Layer[], options: InspectCommandOptions): void {
  if (options.format === "json") return io.out.write(jsonText({ file: layersJson(layers) }));
  for (const line of layersText(layers, { xml: options.xml === true })) io.out.write(`${printable(line)}\n`);
}

function print(io: Io, inspection: Inspection, layers: readonly Layer[], options: InspectCommandOptions): void {
  if (options.format === "json") return writeAll(io, inspectionJsonText(inspection, { file: layersJson(layers) }));
  if (options.format === "analyze") {
    writeAll(io, analyzed(inspection, options.dump));
    return io.out.write("\n");
  }
  printLayers(io, layers, options);
  for (const line of inspectionText(inspection, { fields: options.fields === true })) io.out.write(`${line}\n`);
}

function writeAll(io: Io, pieces: Iterable<string>): void {
  for (const piece of pieces) io.out.write(printableJson(piece));
}

function analyzed(inspection: Inspection, dump: "state" | "desc"): Iterable<string> {
  if (inspection.trailer?.content === undefined) {
    const why = inspection.warnings.at(-1);
    const reason = why === undefined ? "" : ` (at offset ${why.offset}: ${why.message})`;
    throw new CannotRun(`no vmdescription could be read, which --format analyze needs${reason}`);
  }
  if (dump === "desc") return analyzeDesc(inspection) ?? [];
  const state = analyzeStateText(inspection);
  if ("error" in state) throw new CannotRun(`at offset ${state.error.offset}: ${state.error.message}`);
  return state.pieces;
}
