/**
 * Times what a user waits for on a real tree: `npm run bench -- DIR`. Each figure comes from a process of its own.
 * Usage: tree.js index DIR | tree.js server DIR SERVER.js CACHE | tree.js simulate DIR | tree.js ordering DIR | tree.js compare DIR OLDER
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { diagnoseProject, rules } from "../../core/check";
import { createProject, type LoadableProject } from "../../core/project";
import { baselineProject, compareFile } from "../../core/compat";
import { simulate } from "../../core/emulator";
import { openDiskTree } from "../../server/node/tree";

const [, , mode = "", root = "", server = "", cache = ""] = process.argv;

function open(): { project: LoadableProject; files: number } {
  const tree = openDiskTree(root);
  const project = createProject(tree);
  let files = 0;
  for (const path of tree.paths()) {
    project.load(path);
    files++;
  }
  return { project, files };
}

function print(what: string, value: string, budget = ""): void {
  console.log(`${what.padEnd(52)} ${value.padStart(14)}  ${budget}`);
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function index(): void {
  const started = performance.now();
  const { project, files } = open();
  const descriptions = [...project.descriptions()].length;
  const types = [...project.types()].length;
  print(
    `cold index: ${files} C files, ${descriptions} tables, ${types} types`,
    milliseconds(performance.now() - started),
    "3 s",
  );
  const { user, system } = process.cpuUsage();
  print("  of it, on the processor", milliseconds((user + system) / 1000));
  print("  largest memory in use so far", `${Math.round(process.resourceUsage().maxRSS / 1024)} MB`, "400 MB");
  const checking = performance.now();
  const findings = diagnoseProject(project);
  print(`check of the whole tree: ${findings.length} findings`, milliseconds(performance.now() - checking));
  print("  largest memory in use", `${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
}

/** Codes of the rules about the order of loading, as docs/rules groups them. */
const orderingRules = rules.slice(0, 1 + rules.findIndex(({ code }) => code === "load-hook-on-subsection"));

function ordering(): void {
  const { project } = open();
  const check = (): number => {
    const descriptions = [...project.descriptions()];
    const context = { project, path: undefined, descriptions };
    return orderingRules.reduce((sum, rule) => sum + [...rule.check(context)].length, 0);
  };
  const findings = check();
  // since the process was started, as somebody waits for it
  print(
    `ordering, cold: ${orderingRules.length} rules, ${findings} findings`,
    milliseconds(process.uptime() * 1000),
    "5 s",
  );
  const path = "hw/i386/intel_iommu.c";
  project.update(path, `${project.text(path) ?? ""}\n`);
  const again = performance.now();
  check();
  print("ordering of the whole tree, again after an edit", milliseconds(performance.now() - again), "1 s");
}

function simulation(): void {
  const { project } = open();
  const devices = ["intel-iommu", ...Array.from({ length: 10 }, () => "e1000e"), "ich9-ahci", "qemu-xhci"];
  const machine = `-M q35 ${devices.map((device) => `-device ${device}`).join(" ")}`;
  const first = performance.now();
  simulate(project, { machine });
  const again = performance.now();
  const report = simulate(project, { machine });
  const end = performance.now();
  const sections = report.ok ? report.value.sections.length : 0;
  print(`simulation of q35, ${sections} sections: first`, milliseconds(again - first));
  print("simulation: again", milliseconds(end - again), "200 ms");
}

/** A file held against another version of the tree after each edit, as the server does. */
async function compare(older: string): Promise<void> {
  const { project } = open();
  const tree = openDiskTree(older);
  for (const path of ["hw/nvme/ctrl.c", "hw/i386/intel_iommu.c", "hw/net/virtio-net.c", "target/arm/machine.c"]) {
    const began = performance.now();
    const baseline = {
      label: "older",
      project: await baselineProject(tree, project, path, { target: "x86_64" }, async () => {}),
    };
    const findings = compareFile(baseline, project, path).length;
    const first = performance.now() - began;
    const text = project.text(path) ?? "";
    const times: number[] = [];
    for (let round = 0; round < 30; round++) {
      const before = performance.now();
      project.update(path, round % 2 === 0 ? `${text}\n` : text);
      compareFile(baseline, project, path);
      times.push(performance.now() - before);
    }
    times.sort((a, b) => a - b);
    print(`comparison with an older tree, ${path}, ${findings} findings`, `first ${milliseconds(first)}`);
    print("  again after an edit, largest of 30", milliseconds(times.at(-1) ?? 0), "100 ms");
  }
}

async function serve(): Promise<void> {
  const started = performance.now();
  const child = spawn(process.execPath, [server, "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, XDG_CACHE_HOME: cache },
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onRequest("workspace/configuration", () => [null]);
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("workspace/diagnostic/refresh", () => null);
  connection.listen();
  const folder = pathToFileURL(root).toString();
  await connection.sendRequest("initialize", {
    processId: null,
    rootUri: null,
    workspaceFolders: [{ uri: folder, name: "qemu" }],
    capabilities: { textDocument: { diagnostic: { relatedInformation: true } }, workspace: { workspaceFolders: true } },
  });
  const initialized = performance.now();
  await connection.sendNotification("initialized", {});
  let version = 1;
  const texts = new Map<string, string>();
  const openFile = async (path: string): Promise<string> => {
    const uri = `${folder}/${path}`;
    const text = readFileSync(`${root}/${path}`, "utf8");
    texts.set(uri, text);
    const textDocument = { uri, languageId: "c", version: version++, text };
    await connection.sendNotification("textDocument/didOpen", { textDocument });
    return uri;
  };
  const pull = (uri: string) => connection.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
  const first = await openFile("hw/i386/intel_iommu.c");
  await pull(first);
  print("server: answer to initialize", milliseconds(initialized - started));
  print("server: start to first diagnostics", milliseconds(performance.now() - started), "cold 3 s, warm 1 s");
  // an edit on top of the index, so that the figures below are about edits only
  await connection.sendRequest("workspace/symbol", { query: "nothing-has-this-name" });
  print("server: start to complete index", milliseconds(performance.now() - started));
  for (const path of ["hw/nvme/ctrl.c", "hw/i386/intel_iommu.c", "hw/net/virtio-net.c", "target/arm/machine.c"]) {
    const uri = path === "hw/i386/intel_iommu.c" ? first : await openFile(path);
    await pull(uri);
    const lines = (texts.get(uri) ?? "").split("\n");
    const line = lines.findIndex(
      (each) =>
        each.includes("VMStateDescription vm") ||
        each.includes("VMStateDescription vtd") ||
        each.includes("VMStateDescription nvme"),
    );
    const times: number[] = [];
    for (let round = 0; round < 100; round++) {
      const at = { line, character: 0 };
      const change =
        round % 2 === 0
          ? { range: { start: at, end: at }, text: " " }
          : { range: { start: at, end: { line, character: 1 } }, text: "" };
      const began = performance.now();
      await connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version: version++ },
        contentChanges: [change],
      });
      await pull(uri);
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) =>
      milliseconds(times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)] ?? 0);
    print(`edit to diagnostics, ${path}`, `p50 ${at(0.5)}`);
    print("", `p95 ${at(0.95)}`, "50 ms");
  }
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
}

switch (mode) {
  case "index":
    index();
    break;
  case "ordering":
    ordering();
    break;
  case "simulate":
    simulation();
    break;
  case "compare":
    await compare(server);
    break;
  case "server":
    await serve();
    break;
  default:
    console.error(`unknown mode ${mode}`);
    process.exitCode = 2;
}
