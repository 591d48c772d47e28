/** Sound: its back ends are the host's. What opening one registers counts, as audio_init in QEMU's audio/ does. */
import { load, store } from "../run/memory";
import type { NativeFunction, Runner } from "../run/runner";
import { Rec, textAt, Unknown, type Value } from "../run/values";
import { anyScalar } from "./arguments";

/** Back ends of a run. */
export interface Sound {
  /** -audiodev, with its name. */
  open(runner: Runner, id: string): void;
  readonly functions: readonly (readonly [string, NativeFunction])[];
}

/** Where a card keeps its back end. */
interface Keeping {
  get(): Value;
  set(backend: Value): void;
}

/** Of QEMU to 10.1: (name, card). */
const cardOf = ([, card]: readonly Value[]): Keeping => ({
  get: () => (card instanceof Rec ? (card.get("QEMUSoundCard.state") ?? 0) : 0),
  set(backend) {
    if (card instanceof Rec) card.set("QEMUSoundCard.state", backend);
  },
});

/** Later: a pointer to it. */
const placeOf = ([place]: readonly Value[]): Keeping => ({
  get: () => (place === undefined ? 0 : load(place, anyScalar)),
  set(backend) {
    if (place !== undefined) store(place, backend);
  },
});

const struct: NativeFunction = () => new Rec();
const nothing: NativeFunction = () => 0;

/** What a back end does with its host; the prefix is the later one since 11.0. */
const ofHost = ["AUD", "audio_be"].flatMap((prefix): readonly (readonly [string, NativeFunction])[] => [
  ...["open_out", "open_in", "add_capture"].map((name) => [`${prefix}_${name}`, struct] as const),
  ...["out", "in"].flatMap((way) =>
    ["close", "set_volume", "set_active", "is_active"].map((name) => [`${prefix}_${name}_${way}`, nothing] as const),
  ),
  [`${prefix}_get_buffer_size_out`, () => new Unknown("the buffer of a sound card")],
]);

export function createSound(): Sound {
  const backends = new Map<string, Rec>();
  let byDefault: Rec | undefined;
  const opened = (runner: Runner, name: string): Rec => {
    registerAsIn(runner, folderOf(runner.project.function(name, "")?.file ?? ""));
    return new Rec();
  };
  /** A card without a back end of its own opens the default one. It has no device, and takes a section id also where nothing of it is sent. */
  const checking =
    (name: string, keeping: (values: readonly Value[]) => Keeping): NativeFunction =>
    (runner, values) => {
      const kept = keeping(values);
      if (kept.get() instanceof Rec) return 1;
      byDefault ??= opened(runner, name);
      kept.set(byDefault);
      return 1;
    };
  const byName: NativeFunction = (runner, [id, errp]) => {
    const text = textAt(id) ?? "";
    const found = backends.get(text);
    if (found === undefined) runner.fail(errp ?? 0, `audiodev '${text}' not found`);
    return found ?? 0;
  };
  return {
    open: (runner, id) => {
      const names = ["audio_init_audiodevs", "audio_state_by_name", "audio_be_by_name"];
      const name = names.find((each) => runner.project.function(each, "") !== undefined);
      if (name !== undefined) backends.set(id, opened(runner, name));
    },
    functions: [
      ["AUD_register_card", checking("AUD_register_card", cardOf)],
      ["AUD_backend_check", checking("AUD_backend_check", placeOf)],
      ["audio_be_check", checking("audio_be_check", placeOf)],
      ["audio_state_by_name", byName],
      ["audio_be_by_name", byName],
      ...ofHost,
    ],
  };
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
