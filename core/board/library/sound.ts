/** Sound: its back ends are the host's. What opening the first one registers counts, as audio_init in QEMU's audio/ does. */
import { Rec } from "../run/values";
import type { NativeFunction, Runner } from "../run/runner";

/**
 * AUD_register_card of QEMU to 10.1, AUD_backend_check in 10.2, audio_be_check later: a card without a back end of its own opens the default one. It has no
 * device, and takes a section id also where nothing of it is sent.
 */
export function soundFunctions(): readonly (readonly [string, NativeFunction])[] {
  let isOpen = false;
  const opened =
    (name: string): NativeFunction =>
    (runner) => {
      if (!isOpen) {
        isOpen = true;
        registerAsIn(runner, folderOf(runner.project.function(name, "")?.file ?? ""));
      }
      return 1;
    };
  return ["AUD_register_card", "AUD_backend_check", "audio_be_check"].map((name) => [name, opened(name)] as const);
}

/** Registers the tables that functions of the folder register. */
function registerAsIn(runner: Runner, folder: string): void {
  if (folder === "") return;
  for (const { reference, range } of runner.project.registrations()) {
    const table = reference && folderOf(range.file) === folder ? runner.project.resolve(reference) : undefined;
    if (table === undefined) continue;
    const variable = new Rec();
    variable.symbol = { file: table.file, name: table.symbol, typeName: "VMStateDescription" };
    runner.run("vmstate_register_with_alias_id", [0, -1, variable, new Rec(), -1, 0, 0], range.file);
  }
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}
