/** The real Neovim, without a screen, driven over its own socket. */
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { output, project, until } from "./desk";
import type { Desk } from "./desk";
import type { Editor, Finding } from "./editor";

export const neovim = process.env["VMSTATE_NVIM"] ?? "nvim";

/** Release as a number to compare, 7 for 0.7. */
async function neovimRelease(env: NodeJS.ProcessEnv): Promise<number> {
  const found = /^NVIM v0\.(\d+)/.exec(await output(neovim, ["--version"], env))?.[1];
  if (found === undefined) throw new Error(`${neovim} --version does not say which Neovim it is`);
  return Number(found);
}

/** Starts it with the documented set-up for its release. */
export async function startNeovim(desk: Desk): Promise<Editor> {
  const setUp = (await neovimRelease(desk.env)) >= 11 ? "neovim.lua" : "neovim-0.7.lua";
  const plugins = join(desk.home, ".config/nvim/plugin");
  mkdirSync(plugins, { recursive: true });
  for (const file of [setUp, "neovim-commands.lua"]) {
    copyFileSync(join(project, "docs/editors", file), join(plugins, file));
  }
  const socket = join(desk.home, "nvim.sock");
  const running = spawn(neovim, ["--headless", "-n", "-i", "NONE", "--listen", socket], {
    env: desk.env,
    cwd: desk.home,
    stdio: "ignore",
  });
  const closed = new Promise<void>((resolve) => running.once("exit", () => resolve()));
  await until(async () => existsSync(socket), Boolean, "Neovim's socket");

  /** Value of Lua that ends in a return. Through a file: Neovim 0.7 abridges long answers. */
  async function lua(code: string): Promise<unknown> {
    const answer = join(desk.home, "answer.json");
    const line = code.replaceAll("\n", " ").replaceAll("'", "''");
    const call = `writefile([json_encode(luaeval('(function() ${line} end)()'))], '${answer}')`;
    await output(neovim, ["--server", socket, "--remote-expr", call], desk.env);
    const text = readFileSync(answer, "utf8");
    rmSync(answer);
    return JSON.parse(text);
  }

  const keys = (typed: string) => output(neovim, ["--server", socket, "--remote-send", typed], desk.env);
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
  const goTo = (text: string) => lua(`return vim.fn.search("\\\\V" .. ${quoted(text)}, "cw") > 0`);
  const normalMode = () =>
    until(
      () => lua("return vim.fn.mode()"),
      (mode) => mode === "n",
      "normal mode",
    );
  const text = async () =>
    String(await lua('return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\\n") .. "\\n"'));

  async function at(place: string): Promise<void> {
    await lua("vim.fn.cursor(1, 1) return true");
    if ((await goTo(place)) !== true) throw new Error(`the buffer does not hold ${place}`);
  }

  /** Text of the window that `where` picks, once there is one; then it is closed. */
  async function shown(where: string, what: string): Promise<string> {
    const window = `(function() for _, each in ipairs(vim.api.nvim_list_wins()) do
      local buffer, config = vim.api.nvim_win_get_buf(each), vim.api.nvim_win_get_config(each)
      if ${where} then return each end end end)()`;
    const found = await until(
      () =>
        lua(`local window = ${window} if not window then return vim.NIL end
          local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
          vim.api.nvim_win_close(window, true)
          return table.concat(lines, "\\n")`),
      (answer) => answer !== null,
      what,
    );
    return String(found);
  }

  return {
    async open(path) {
      await lua(`vim.cmd("edit " .. vim.fn.fnameescape(${quoted(join(desk.tree, path))})) return true`);
    },
    async findings() {
      const found = await lua(`return vim.tbl_map(function(each)
        return { code = each.code or each.user_data.lsp.code, line = each.lnum, message = each.message }
      end, vim.diagnostic.get(0))`);
      return found as Finding[];
    },
    text,
    modified: async () => (await lua("return vim.bo.modified")) === true,
    async typeBelow(place, line) {
      await at(place);
      await keys(`o${line.replaceAll("<", "<lt>")}`);
      await until(text, (now) => now.includes(line), "the typed line");
      // Still in insert mode: what is found now is found while typing.
    },
    async deleteLine(line) {
      await lua(
        `vim.fn.cursor(1, 1) vim.fn.search("\\\\V\\\\^\\\\s\\\\*" .. ${quoted(line)} .. "\\\\$", "cw") return true`,
      );
      await keys("dd");
    },
    async undo() {
      await keys("<Esc>u");
      await normalMode();
    },
    async hover(place) {
      await at(place);
      await lua("vim.lsp.buf.hover() return true");
      return shown('config.relative ~= ""', "the hover's window");
    },
    async applyAction(place, title) {
      await at(place);
      const before = await text();
      await lua(`vim.ui.select = function(items, options, choose)
          for index, item in ipairs(items) do
            if options.format_item(item) == ${quoted(title)} then return choose(item, index) end
          end
          error("no such action among " .. vim.inspect(vim.tbl_map(options.format_item, items)))
        end
        vim.lsp.buf.code_action() return true`);
      await until(text, (now) => now !== before, `the action ${title}`);
    },
    async command(name, machine) {
      await keys(`:VMState${name === "order" ? "Order" : "Simulate"} ${machine}<CR>`);
      return shown('vim.api.nvim_buf_get_option(buffer, "buftype") == "nofile"', "the command's text");
    },
    async servers() {
      const found = await lua(`local pids = {}
        for _, client in pairs((vim.lsp.get_clients or vim.lsp.get_active_clients)()) do
          table.insert(pids, client.rpc.pid)
        end return pids`);
      return found as number[];
    },
    async errors() {
      const log = String(await lua("return vim.lsp.get_log_path()"));
      const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
      return lines.filter((line) => line.startsWith("[ERROR]")).join("\n");
    },
    async quit() {
      await keys("<Esc>:qa!<CR>");
      await closed;
    },
    kill: () => void running.kill(),
  };
}
