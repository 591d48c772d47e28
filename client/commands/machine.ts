/** The picker for what to simulate: presets, the last command lines, or a command line with completion from the tree. */
import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { MachinesParams, MachinesResult } from "../../server/protocol";
import { completeCommandLine } from "../shared/commandLine";
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
  { ctx, client }: Running,
  uri: string | undefined,
  title: string,
): Promise<string | undefined> {
  const params: MachinesParams = uri ? { uri } : {};
  const machines = await client.sendRequest<MachinesResult>(methods.machines, params).catch((error: unknown) => {
    ctx.output.warn(`vmstate/machines: ${String(error)}`);
    return { presets: [], machines: [], devices: [] } satisfies MachinesResult;
  });
  const recent = ctx.extension.workspaceState.get<readonly string[]>(recentKey, []);
  const configured = vscode.workspace.getConfiguration("vmstate").get("machine", "");
  const chosen = await pick(title, startingItems(machines, recent, configured), machines);
  if (chosen !== undefined) {
    const kept = [chosen, ...recent.filter((line) => line !== chosen)].slice(0, recentLimit);
    await ctx.extension.workspaceState.update(recentKey, kept);
  }
  return chosen;
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

function pick(title: string, starting: readonly MachineItem[], machines: MachinesResult): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick<MachineItem>();
  picker.title = title;
  picker.placeholder = vscode.l10n.t("A preset, or a QEMU command line: -M q35 -device intel-iommu -device e1000e");
  picker.matchOnDetail = true;
  picker.items = starting;
  return new Promise((resolve) => {
    let result: string | undefined;
    picker.onDidChangeValue((value) => {
      picker.items = value.trimStart().startsWith("-") ? typedItems(value, machines) : starting;
    });
    picker.onDidAccept(() => {
      const [item] = picker.selectedItems;
      if (item && !item.complete) {
        picker.value = item.commandLine;
        picker.items = typedItems(item.commandLine, machines);
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
function typedItems(value: string, machines: MachinesResult): MachineItem[] {
  const run: MachineItem = {
    label: `$(play) ${value.trim()}`,
    description: vscode.l10n.t("use this"),
    commandLine: value.trim(),
    complete: true,
    alwaysShow: true,
  };
  const completions = completeCommandLine(value, machines).map(
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
