import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { extract } from "../../scripts/l10n.mjs";

const root = join(import.meta.dirname, "../..");
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));
const texts = (path: string): ReadonlyMap<string, string> =>
  new Map(Object.entries({ ...(read(path) as Readonly<Record<string, string>>) }));

interface Found {
  readonly path: string;
  readonly text: string;
}

/** Every string of a manifest, with its path: `contributes.commands.0.title`. */
function strings(value: unknown, path = ""): readonly Found[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => strings(inner, path === "" ? key : `${path}.${key}`));
}

const manifest = strings(read("package.json"));
/** What the editor shows to a person, by the last word of its path. */
const shown =
  /(^|\.)(title|category|label|displayName|description|markdownDescription|contents|tooltip)$|\.(enumDescriptions|markdownEnumDescriptions)\.\d+$/;
/** Also names are shown, but that of a problem matcher, which tasks refer to. */
const names = /^contributes\.(?!problemMatchers\.).*\.name$/;
/** Values with spaces that a program reads: conditions, command lines, expressions. */
const forPrograms = /^scripts\.|^engines\.|^categories\.|\.when$|\.default$|\.machine$|\.regexp$|\.icon$/;
const reference = /^%([\w.-]+)%$/;

describe("translations", () => {
  it("find every text of the manifest in package.nls.json", () => {
    const literal = manifest.filter(({ path, text }) => {
      const visible = shown.test(path) || names.test(path) || (/\s/.test(text) && !forPrograms.test(path));
      return visible && !reference.test(text);
    });
    expect(literal).toEqual([]);
  });

  it("have no text of the manifest that is missing or left over", () => {
    const used = manifest.flatMap(({ text }) => reference.exec(text)?.[1] ?? []);
    const nls = texts("package.nls.json");
    expect([...new Set(used)].sort()).toEqual([...nls.keys()].sort());
    expect([...nls.values()].filter((text) => text.trim() === "")).toEqual([]);
  });

  it("have every text of the extension in l10n/bundle.l10n.json (npm run l10n writes it)", () => {
    expect(extract().opaque).toEqual([]);
    expect(extract().untranslated).toEqual([]);
    expect([...texts("l10n/bundle.l10n.json").keys()]).toEqual(extract().texts);
  });

  it("say everything in German", () => {
    for (const [english, german] of [
      ["package.nls.json", "package.nls.de.json"],
      ["l10n/bundle.l10n.json", "l10n/bundle.l10n.de.json"],
    ] as const) {
      expect([...texts(german).keys()]).toEqual([...texts(english).keys()]);
    }
  });

  it("keep the commands and places of the text that they translate", () => {
    const marks = (text: string): readonly string[] =>
      (text.match(/\{\d+\}|\]\(command:[\w.]+\)|`[^`]+`/g) ?? []).sort();
    for (const [folder, base] of [
      [".", "package.nls.json"],
      ["l10n", "bundle.l10n.json"],
    ] as const) {
      const prefix = base.replace(/json$/, "");
      const english = texts(join(folder, base));
      for (const name of readdirSync(join(root, folder)).filter((file) => file.startsWith(prefix) && file !== base)) {
        for (const [key, text] of texts(join(folder, name))) {
          expect(english.has(key), `${name}: ${key}`).toBe(true);
          expect(marks(text), `${name}: ${key}`).toEqual(marks(english.get(key) ?? ""));
        }
      }
    }
  });
});
