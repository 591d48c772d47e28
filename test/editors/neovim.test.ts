import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDesk, output, project } from "./desk";
import { neovim, startNeovim } from "./neovim";
import { describeSession } from "./session";

describeSession("Neovim", startNeovim);

it("the set-up for Neovim 0.11 names the same server for the same files", async () => {
  const desk = openDesk();
  const script = `local seen = {}
    vim.lsp.config = function(name, value) seen[name] = value end
    vim.lsp.enable = function(name) seen[name].enabled = true end
    dofile("${join(project, "docs/editors/neovim.lua")}")
    print(vim.fn.json_encode(seen))`;
  const file = join(desk.home, "seen.lua");
  writeFileSync(file, script);
  const said = await output(
    neovim,
    ["--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", file, "-c", "qa!"],
    desk.env,
  );
  expect(JSON.parse(said)).toEqual({
    vmstate: {
      cmd: ["vmstate", "lsp", "--stdio"],
      filetypes: ["c", "cpp"],
      root_markers: ["include/migration/vmstate.h", ".git"],
      enabled: true,
    },
  });
  desk.remove();
});
