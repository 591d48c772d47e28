/** What real boards send, in a list beside the repository, and how a board that is built from the tree's C differs from it. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Board } from "../../core/board";
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

/** Bare boards that send a stream. */
export function realBoards(): readonly RealBoard[] {
  if (boardList === undefined) return [];
  const lines = gunzipSync(readFileSync(boardList)).toString("utf8").split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RealBoard)
    .filter(({ variant, status }) => variant === "nodefaults" && status === "ok");
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

/** Empty where each section of the stream is built, in its order and under its ids; else what differs, for people. */
export function differencesOf(board: Board | undefined, { sections }: RealBoard): readonly string[] {
  if (board === undefined) return ["no such machine type"];
  const real = sections.map(([idstr, instance, , , , id]) => `${id} ${idstr} ${instance}`);
  const sent = new Set(real);
  const handlers = [...board.registry.handlers];
  // what is sent while the guest runs comes first
  const inStream = [...handlers.filter(({ isRam }) => isRam), ...handlers.filter(({ isRam }) => !isRam)];
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
  return [
    `at ${first}: ${built[first] ?? "the end"} for ${real[first] ?? "the end"}`,
    ...missing,
    ...extra,
    ...(board.refused === undefined ? [] : [`refused: ${board.refused}`]),
    ...board.opens.map(({ file, text, reason }) => `open ${file} ${text}: ${reason}`),
  ];
}

/** Without the section id. */
function nameOf(key: string): string {
  return key.slice(key.indexOf(" ") + 1);
}

/** What a real board sends, asked of the emulator itself; undefined where it sends nothing (a device blocks it, it needs an option). */
export async function liveBoard(release: Release, arch: string, board: string): Promise<RealBoard | undefined> {
  const args = ["-M", board, "-nodefaults"];
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
  return { release, arch, board, variant: "nodefaults", status: "ok", args, sections };
}
