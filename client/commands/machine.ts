/** The picker for what to simulate: presets, the last command lines, or a command line with completion from the tree. */
import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { MachinesParams, MachinesResult, OrderParams, OrderResult } from "../../server/protocol";
import { type Completion, completeCommandLine } from "../shared/commandLine";
import { propertiesAt } from "./completions";
import { hasDevicesOf, withFileDevices } from "../shared/fileDevices";
import type { Running } from "./running";

interface MachineItem extends vscode.QuickPickItem {
  readonly commandLine: string;
  /** Runs when chosen; otherwise it only becomes the text. */
  readonly complete: boolean;
}

const recentKey = "vmstate.recentMachines";
const recentLimit = 5;

/** The command line, or undefined when the person thinks better of it. */
export async function pickMachine(
  running: Running,
  uri: string | undefined,
  title: string,
): Promise<string | undefined> {
  const { ctx, client } = running;
  const params: MachinesParams = uri ? { uri } : {};
  const machines = await client.sendRequest<MachinesResult>(methods.machines, params).catch((error: unknown) => {
    ctx.output.warn(`vmstate/machines: ${String(error)}`);
    return { presets: [], machines: [], devices: [] } satisfies MachinesResult;
  });
  const recent = ctx.extension.workspaceState.get<readonly string[]>(recentKey, []);
  const setting = vscode.workspace.getConfiguration("vmstate").get("machine", "");
  // The default names devices that a fork or a small tree may lack.
  const configured = hasDevicesOf(setting, machines) ? setting : "";
  const base = configured === "" ? (machines.presets[0]?.commandLine ?? "") : configured;
  const later = fileItem(running, uri, base, machines);
  const typed = async (value: string): Promise<MachineItem[]> => {
    const properties = await propertiesAt(client, uri, value).catch(() => []);
    return typedItems(value, completeCommandLine(value, machines, properties));
  };
  const chosen = await pick(title, startingItems(machines, recent, configured), later, typed);
  if (chosen !== undefined) {
    const kept = [chosen, ...recent.filter((line) => line !== chosen)].slice(0, recentLimit);
    await ctx.extension.workspaceState.update(recentKey, kept);
  }
  return chosen;
}

/** The devices of the open file; the order of the tree says which they are, and may take a moment. */
async function fileItem(
  { client }: Running,
  uri: string | undefined,
  base: string,
  machines: MachinesResult,
): Promise<readonly MachineItem[]> {
  if (uri === undefined) return [];
  const order = await client
    .sendRequest<OrderResult>(methods.order, { uri } satisfies OrderParams)
    .catch(() => undefined);
  if (!order || !uri.startsWith(`${order.tree}/`)) return [];
  const file = decodeURIComponent(uri.slice(order.tree.length + 1));
  const commandLine = withFileDevices(base, file, order, machines);
  if (commandLine === undefined) return [];
  const label = `$(file-code) ${vscode.l10n.t("With the devices of {0}", file.replace(/^.*\//, ""))}`;
  return [{ label, detail: commandLine, commandLine, complete: true }];
}

function startingItems(machines: MachinesResult, recent: readonly string[], configured: string): MachineItem[] {
  const seen = new Set<string>();
  const item = (commandLine: string, label: string, icon: string, detail?: string): MachineItem[] => {
    if (commandLine === "" || seen.has(commandLine)) return [];
    seen.add(commandLine);
    return [{ label: `$(${icon}) ${label}`, commandLine, complete: true, ...(detail ? { detail } : {}) }];
  };
  return [
    ...recent.flatMap((line) => item(line, line, "history")),
    ...item(configured, configured, "settings-gear", vscode.l10n.t("setting vmstate.machine")),
    ...machines.presets.flatMap(({ title, commandLine }) => item(commandLine, title, "server", commandLine)),
  ];
}

function pick(
  title: string,
  first: readonly MachineItem[],
  later: Promise<readonly MachineItem[]>,
  typed: (value: string) => Promise<readonly MachineItem[]>,
): Promise<string | undefined> {
  let starting = first;
  const picker = vscode.window.createQuickPick<MachineItem>();
  picker.title = title;
  picker.placeholder = vscode.l10n.t("A preset, or a QEMU command line: -M q35 -device intel-iommu -device e1000e");
  picker.matchOnDetail = true;
  picker.items = starting;
  void later.then((items) => {
    starting = [...items, ...first];
    if (picker.value === "" && items.length > 0) picker.items = starting;
  });
  return new Promise((resolve) => {
    let result: string | undefined;
    const show = async (value: string): Promise<void> => {
      const items = value.trimStart().startsWith("-") ? await typed(value) : starting;
      if (picker.value === value) picker.items = items;
    };
    picker.onDidChangeValue((value) => void show(value));
    picker.onDidAccept(() => {
      const [item] = picker.selectedItems;
      if (item && !item.complete) {
        picker.value = item.commandLine;
        void show(item.commandLine);
        return;
      }
      result = item?.commandLine ?? (picker.value.trim() === "" ? undefined : picker.value.trim());
      picker.hide();
    });
    picker.onDidHide(() => {
      picker.dispose();
      resolve(result);
    });
    picker.show();
  });
}

/** First what was typed, ready to run, then what may stand there instead. */
function typedItems(value: string, completed: readonly Completion[]): MachineItem[] {
  const run: MachineItem = {
    label: `$(play) ${value.trim()}`,
    description: vscode.l10n.t("use this"),
    commandLine: value.trim(),
    complete: true,
    alwaysShow: true,
  };
  const completions = completed.map(
    (completion): MachineItem => ({
      label: completion.word,
      description: completion.what,
      commandLine: completion.commandLine,
      complete: false,
      alwaysShow: true,
    }),
  );
  return [run, ...completions];
}
