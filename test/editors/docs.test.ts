import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serverCommands } from "../../server/protocol";
import { project } from "./desk";

const page = readFileSync(join(project, "docs/editors.md"), "utf8");
const files = readdirSync(join(project, "docs/editors"));

describe("docs/editors.md", () => {
  it.each(files)("shows %s as the tests load it", (name) => {
    const text = readFileSync(join(project, "docs/editors", name), "utf8");
    const shown = page.split(`[${name}](editors/${name}):`)[1]?.split("```")[1];
    expect(shown?.replace(/^\w*\n/, "")).toBe(text);
  });

  it("names every command of the server", () => {
    const named = [...page.matchAll(/^\| `(vmstate\.[\w.]+)`/gm)].map((match) => match[1]);
    expect(named.sort()).toEqual(Object.values(serverCommands).sort());
  });

  it("has valid JSON for Kate", () => {
    const kate: unknown = JSON.parse(readFileSync(join(project, "docs/editors/kate.json"), "utf8"));
    expect(kate).toHaveProperty("servers.c.command", ["vmstate", "lsp", "--stdio"]);
  });
});
