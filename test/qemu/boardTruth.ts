/** What real boards send, in a list beside the repository, and how a board that is built from the tree's C differs from it. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Board } from "../../core/board";
import type { VMStateDescription } from "../../core/vmstate/model";
import { memorySource, readStream } from "../../core/wire";
import { realStream, type Release } from "./realQemu";

/** undefined: there is no such list. */
export const boardList = ["../shared", "../../shared"]
  .map((folder) => `${folder}/boards/boards.jsonl.gz`)
  .find((path) => existsSync(path));

export interface RealBoard {
  /** `10.0.2` */
  readonly release: string;
  readonly arch: string;
  readonly board: string;
  readonly variant: "nodefaults" | "defaults" | "devices";
  readonly status: "ok" | "blocked" | "exit";
  /** The command line. */
  readonly args: readonly string[];
  /** In the order of the stream: idstr, instance, version, table, S or F, section id. */
  readonly sections: readonly (readonly [string, number, number, string | null, string, number])[];
}

/** Boards that send a stream; bare ones, where nothing else is asked for. */
export function realBoards(wanted: RealBoard["variant"] = "nodefaults"): readonly RealBoard[] {
  if (boardList === undefined) return [];
  const lines = gunzipSync(readFileSync(boardList)).toString("utf8").split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RealBoard)
    .filter(({ variant, status }) => variant === wanted && status === "ok");
}

/** What is loaded: `-bios` and `-kernel` are the machine's properties. */
export function propertiesOf({ args }: RealBoard): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  args.forEach((word, k) => {
    if (word === "-kernel") found.set("kernel", args[k + 1] ?? "");
    if (word === "-bios") found.set("firmware", args[k + 1] ?? "");
  });
  return found;
}

/** What is registered, in the order of the list. */
interface Handler {
  readonly idstr: string;
  readonly instanceId: number;
  readonly sectionId: number;
  readonly isRam: boolean;
  readonly earlySetup: boolean;
  readonly owner: { readonly description: VMStateDescription | undefined };
}

/** Empty where each section of the stream is built, in its order and under its ids; else what differs, for people. */
export function differencesIn(handlers: readonly Handler[], { sections }: RealBoard): readonly string[] {
  const asKey = ([idstr, instance, , , , id]: RealBoard["sections"][number]): string => `${id} ${idstr} ${instance}`;
  // what is sent while the guest runs comes first, then what is sent before the rest of the devices
  const real = [
    ...sections.filter(([, , , , kind]) => kind === "S"),
    ...sections.filter(([, , , , kind]) => kind !== "S"),
  ].map(asKey);
  const sent = new Set(real);
  const rank = ({ isRam, earlySetup }: Handler): number => (isRam ? 0 : earlySetup ? 1 : 2);
  const inStream = [0, 1, 2].flatMap((each) => handlers.filter((handler) => rank(handler) === each));
  const own = inStream.map(({ sectionId, idstr, instanceId, owner: { description } }) => ({
    key: `${sectionId} ${idstr} ${instanceId}`,
    // a live handler may have nothing to send, a table may have a condition
    isOptional: description === undefined || description.hooks.needed !== undefined,
  }));
  const built = own.filter(({ key, isOptional }) => sent.has(key) || !isOptional).map(({ key }) => key);
  const at = real.findIndex((key, index) => built[index] !== key);
  if (at === -1 && built.length === real.length) return [];
  const has = (list: readonly string[], key: string): boolean => list.some((each) => nameOf(each) === nameOf(key));
  const missing = real.filter((key) => !has(built, key)).map((key) => `missing ${nameOf(key)}`);
  const extra = built.filter((key) => !has(real, key)).map((key) => `extra ${nameOf(key)}`);
  const first = at === -1 ? real.length : at;
  return [`at ${first}: ${built[first] ?? "the end"} for ${real[first] ?? "the end"}`, ...missing, ...extra];
}

/** The same of a board, with what could not be followed. */
export function differencesOf(board: Board | undefined, real: RealBoard): readonly string[] {
  if (board === undefined) return ["no such machine type"];
  const found = differencesIn([...board.registry.handlers], real);
  if (found.length === 0) return [];
  return [
    ...found,
    ...(board.refused === undefined ? [] : [`refused: ${board.refused}`]),
    ...board.opens.map(({ file, text, reason }) => `open ${file} ${text}: ${reason}`),
  ];
}

/** Without the section id. */
function nameOf(key: string): string {
  return key.slice(key.indexOf(" ") + 1);
}

/** What a real machine sends without default devices, asked of the emulator itself; undefined where it sends nothing (a device blocks it, it needs an option). */
export async function liveBoard(
  release: Release,
  arch: string,
  line: readonly string[],
): Promise<RealBoard | undefined> {
  const args = [...line, "-nodefaults"];
  const stream = await realStream(release, arch, args).catch(() => undefined);
  if (stream === undefined) return undefined;
  const sections: RealBoard["sections"][number][] = [];
  for (const event of readStream(memorySource(stream))) {
    if (event.kind === "error") return undefined;
    if (event.kind !== "section" || event.idstr === undefined) continue;
    const { sectionKind, idstr, instanceId, versionId, sectionId } = event;
    if (sectionKind === "full" || sectionKind === "start")
      sections.push([idstr, instanceId, versionId, null, sectionKind === "full" ? "F" : "S", sectionId]);
  }
  return { release, arch, board: line[1] ?? "", variant: "nodefaults", status: "ok", args, sections };
}
