/** Every question an editor may ask, at many places of a real tree: no error, no empty answer where there must be one. */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Hover, Location, MarkupContent } from "vscode-languageserver/node";
import { createProject } from "../../core/project";
import type { LoadableProject } from "../../core/project";
import type { VMStateDescription, VMStateField } from "../../core/vmstate/model";
import { positionAt } from "../../core/c/range";
import { nodeHost } from "../../server/node/host";
import { openDiskTree } from "../../server/node/tree";
import { connectClient } from "../server/client";
import type { TestClient } from "../server/client";
import { sourceTree } from "./tree";

interface Place {
  readonly description: VMStateDescription;
  readonly field: VMStateField;
}

describe("at random fields of a real tree", () => {
  const root = sourceTree("QEMU_SOURCE_10_2");
  const uriOf = (path: string) => pathToFileURL(`${root}/${path}`).toString();
  let client: TestClient;
  let project: LoadableProject;
  let places: readonly Place[];

  beforeAll(async () => {
    const tree = openDiskTree(root);
    project = createProject(tree);
    for (const path of tree.paths()) project.load(path);
    places = chosen(project, 500);
    client = await connectClient(nodeHost(undefined), { folders: [pathToFileURL(root).toString()] });
    await client.connection.sendRequest("workspace/symbol", { query: "zzzzzzzz" });
  });

  const at = ({ file }: { file: string }, offset: number) => ({
    textDocument: { uri: uriOf(file) },
    position: positionAt(project.lines(file), offset),
  });

  it("hover on the macro tells what it makes", async () => {
    const empty: string[] = [];
    for (const { field } of places) {
      const found = await client.connection.sendRequest<Hover | null>(
        "textDocument/hover",
        at(field.range, field.range.start + 2),
      );
      const text = found === null ? "" : (found.contents as MarkupContent).value;
      if (!text.includes(field.macro ?? "") || text.length < 40) empty.push(`${field.range.file}:${field.macro}`);
    }
    expect(empty).toEqual([]);
  });

  it("definition of the member lands on its declaration", async () => {
    const missed: string[] = [];
    let asked = 0;
    for (const { field } of places) {
      const name = field.member?.path;
      const text = project.text(field.range.file) ?? "";
      const written = text.slice(field.range.start, field.range.end);
      // structs of libraries are declared outside the tree
      if (name === undefined || !/^\w+$/.test(name) || !field.offset.known) continue;
      const offset = written.search(new RegExp(`[(, ]${name}\\b`));
      if (offset === -1) continue;
      asked++;
      const found = await client.connection.sendRequest<Location[] | null>(
        "textDocument/definition",
        at(field.range, field.range.start + offset + 1),
      );
      const [first] = found ?? [];
      if (first === undefined) missed.push(`${field.range.file}: ${written} (nothing)`);
      else {
        const line = readFileSync(new URL(first.uri), "utf8").split("\n")[first.range.start.line] ?? "";
        const word = line.slice(first.range.start.character, first.range.end.character);
        if (word !== name) missed.push(`${field.range.file}: ${written} -> ${line}`);
      }
    }
    expect(asked).toBeGreaterThan(300);
    expect(missed).toEqual([]);
  });

  it("every other question is answered without an error", async () => {
    for (const { description, field } of places.slice(0, 120)) {
      const { file } = field.range;
      const uri = uriOf(file);
      const place = at(field.range, field.range.start + 4);
      const range = { start: place.position, end: { line: place.position.line + 20, character: 0 } };
      await client.connection.sendRequest("textDocument/documentHighlight", place);
      await client.connection.sendRequest("textDocument/completion", at(field.range, field.range.end - 1));
      await client.connection.sendRequest("textDocument/signatureHelp", at(field.range, field.range.end - 1));
      await client.connection.sendRequest("textDocument/documentSymbol", { textDocument: { uri } });
      await client.connection.sendRequest("textDocument/inlayHint", { textDocument: { uri }, range });
      await client.connection.sendRequest("textDocument/foldingRange", { textDocument: { uri } });
      await client.connection.sendRequest("textDocument/selectionRange", {
        textDocument: { uri },
        positions: [place.position],
      });
      await client.connection.sendRequest(
        "textDocument/hover",
        at(description.nameRange, description.nameRange.start + 1),
      );
    }
    expect(client.errors).toEqual([]);
  });
});

/** Fields that a macro makes in their own file, spread over the tree; the same ones each time. */
function chosen(project: LoadableProject, count: number): readonly Place[] {
  const all: Place[] = [];
  for (const description of project.descriptions()) {
    for (const field of description.fields) {
      if (field.range.file !== description.file || field.macro === undefined || field.flagNames.includes("END"))
        continue;
      if (description.range.start === field.range.start) continue;
      all.push({ description, field });
    }
  }
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0).slice(0, count);
}
