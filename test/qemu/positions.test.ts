/**
 * What an editor asks at random places of real tables: every answer is one, and definitions land where the text says.
 * VMSTATE_POSITIONS_SEED draws other places.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Hover, Location, LocationLink } from "vscode-languageserver/node";
import { nodeHost } from "../../server/node/host";
import { connectClient } from "../server/client";
import type { TestClient } from "../server/client";
import { realProject } from "./project";
import { generator } from "./random";
import { sourceTree } from "./tree";

const visits = 500;
const seed = Number(process.env["VMSTATE_POSITIONS_SEED"] ?? 20_170_201);

interface Place {
  readonly path: string;
  readonly offset: number;
  /** The word there. */
  readonly word: string;
  /** `VMSTATE_X(member, State, …)` around it, where it is written so. */
  readonly call: Call | undefined;
}

interface Call {
  readonly macro: string;
  readonly args: readonly string[];
  /** Index of the argument that holds the place; undefined in the macro's name. */
  readonly argument: number | undefined;
}

describe("at random places in the tables of the real tree, the server", () => {
  const root = sourceTree("QEMU_SOURCE_10_2");
  const uriOf = (path: string) => pathToFileURL(`${root}/${path}`).toString();
  const places: readonly Place[] = pick(root);
  let client: TestClient;

  beforeAll(async () => {
    client = await connectClient(nodeHost(undefined), { folders: [pathToFileURL(root).toString()] });
    await client.connection.sendRequest("workspace/symbol", { query: "zzzzzzzz" });
  });

  const at = ({ path, offset }: Place) => ({
    textDocument: { uri: uriOf(path) },
    position: TextDocument.create(path, "c", 1, readFileSync(`${root}/${path}`, "utf8")).positionAt(offset),
  });

  const where = (place: Place) =>
    `${place.path}:${at(place).position.line + 1}:${at(place).position.character + 1} ${place.word}`;

  it("answers hover and definition, other requests at every fourth, and hover on every macro", async () => {
    const empty: string[] = [];
    for (const [index, place] of places.entries()) {
      const hover = await client.connection.sendRequest<Hover | null>("textDocument/hover", at(place));
      const others = ["documentHighlight", "signatureHelp", "completion", "selectionRange"];
      for (const method of index % 4 === 0 ? ["definition", ...others] : ["definition"]) {
        const { textDocument, position } = at(place);
        await client.connection.sendRequest(
          `textDocument/${method}`,
          method === "selectionRange" ? { textDocument, positions: [position] } : { textDocument, position },
        );
      }
      if (place.word.startsWith("VMSTATE_") && hover === null) empty.push(where(place));
    }
    expect(empty).toEqual([]);
    expect(client.errors).toEqual([]);
  }, 300_000);

  it("finds the member that a field saves", async () => {
    const typedefs = typedefsOf();
    const { macros } = realProject("QEMU_SOURCE_10_2");
    const wrong: string[] = [];
    let judged = 0;
    for (const place of places) {
      const { call, word } = place;
      const [member, state] = call?.args ?? [];
      if (call?.argument !== 0 || member !== word || state === undefined || !/^[A-Za-z_]\w*$/.test(state)) continue;
      // `SPAPR_CAP_MIG_STATE(name, CONSTANT)` makes a table of its own and names no member
      if (macros(state).length > 0) continue;
      const found = await client.connection.sendRequest<(Location | LocationLink)[] | Location | null>(
        "textDocument/definition",
        at(place),
      );
      const [first] = Array.isArray(found) ? found : [found];
      if (!first) {
        wrong.push(`${where(place)}: nothing`);
        continue;
      }
      const uri = "uri" in first ? first.uri : first.targetUri;
      const range = "uri" in first ? first.range : first.targetSelectionRange;
      const text = readFileSync(fileURLToPath(uri), "utf8");
      const lines = text.split("\n");
      const named = lines[range.start.line]?.slice(range.start.character, range.end.character);
      const names = structAround(lines, range.start.line);
      const all = names.flatMap((name) => [name, ...(typedefs.get(name) ?? [])]);
      judged++;
      if (named !== member || !all.includes(state)) {
        wrong.push(
          `${where(place)}: ${uri.slice(-50)}:${range.start.line + 1} ${named} in ${all.join("/")}, not ${state}`,
        );
      }
    }
    expect(wrong).toEqual([]);
    console.info(`${visits} places, ${judged} members judged`);
    expect(judged).toBeGreaterThan(50);
  });
});

/** Words of fields, drawn with a fixed seed, so that a failure can be looked at again. */
function pick(root: string): readonly Place[] {
  const project = realProject("QEMU_SOURCE_10_2");
  const fields = [...project.descriptions()].flatMap((description) =>
    description.fields
      .map(({ range }) => range)
      .filter((range) => range.file.endsWith(".c") && range.end > range.start),
  );
  const random = generator(seed);
  const places: Place[] = [];
  while (places.length < visits) {
    const range = fields[Math.floor(random() * fields.length)];
    if (range === undefined) throw new Error(`no fields in ${root}`);
    const text = readFileSync(`${root}/${range.file}`, "utf8");
    const words = [...text.slice(range.start, range.end).matchAll(/[A-Za-z_]\w*/g)];
    const word = words[Math.floor(random() * words.length)];
    if (word === undefined) continue;
    const offset = range.start + word.index + Math.floor(random() * word[0].length);
    const call = callIn(text.slice(range.start, range.end), word.index);
    places.push({ path: range.file, offset, word: word[0], call });
  }
  return places;
}

/** Splits `MACRO(a, b, …)`; undefined for any other text. */
function callIn(text: string, offset: number): Call | undefined {
  const head = /^(\w+)\s*\(/.exec(text);
  if (head?.[1] === undefined) return undefined;
  const args: string[] = [];
  let depth = 0;
  let start = head[0].length;
  let argument: number | undefined;
  for (let i = start; i < text.length; i++) {
    const character = text[i];
    if (i === offset) argument = args.length;
    if (character === "(") depth++;
    else if (character === ")" && depth-- === 0) {
      args.push(text.slice(start, i).trim());
      return { macro: head[1], args, argument };
    } else if (character === "," && depth === 0) {
      args.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return undefined;
}

/** Tag and typedef name of the struct at file level around a line, as QEMU lays them out. */
function structAround(lines: readonly string[], line: number): string[] {
  let top = line;
  while (top > 0 && !/^(?:typedef\s+)?(?:struct|union)\b|^[A-Z_]+\(/.test(lines[top] ?? "")) top--;
  let bottom = line;
  while (bottom < lines.length && !/^\}/.test(lines[bottom] ?? "")) bottom++;
  const tag = /\b(?:struct|union)\s+(?:\w+\s+)*?(\w+)\s*\{?\s*$/.exec(lines[top] ?? "")?.[1];
  const name = /^\}\s*(?:\w+\([^)]*\)\)?\s*)?(\w+)/.exec(lines[bottom] ?? "")?.[1];
  return [tag, name].filter((each) => each !== undefined);
}

function typedefsOf(): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  const project = realProject("QEMU_SOURCE_10_2");
  for (const path of project.paths()) {
    for (const [, tag, name] of (project.text(path) ?? "").matchAll(/typedef\s+(?:struct|union)\s+(\w+)\s+(\w+);/g)) {
      if (tag === undefined || name === undefined) continue;
      names.set(tag, [...(names.get(tag) ?? []), name]);
    }
  }
  return names;
}
