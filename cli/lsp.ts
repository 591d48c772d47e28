import { connect } from "node:net";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { serveStreams } from "../server/node/serve";
import { CannotRun } from "./io";

interface LspOptions {
  readonly stdio?: true;
  readonly socket?: number;
}

export function registerLsp(program: Command): void {
  program
    .command("lsp")
    .summary("run the language server for an editor")
    .description("Runs the language server. Editors start it; it speaks the language server protocol.")
    .addOption(new Option("--stdio", "speak over standard input and output (default)").conflicts("socket"))
    .option("--socket <port>", "connect to a port on this machine where the editor listens", port)
    .option("--clientProcessId <pid>", "accepted from editors that pass it")
    .addHelpText(
      "after",
      `
Examples:
  Neovim   vim.lsp.config("vmstate", { cmd = { "vmstate", "lsp", "--stdio" }, filetypes = { "c" } })
  Emacs    (add-to-list 'eglot-server-programs '(c-mode . ("vmstate" "lsp" "--stdio")))
  Helix    [language-server.vmstate]  command = "vmstate"  args = ["lsp", "--stdio"]`,
    )
    .action((options: LspOptions) => serve(options));
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65535) throw new InvalidArgumentError("not a port number");
  return value;
}

/** Never settles: the process ends with the streams, or as the protocol's `exit` says. */
async function serve(options: LspOptions): Promise<void> {
  if (options.socket === undefined) serveStreams(process.stdin, process.stdout);
  else {
    const socket = connect(options.socket, "127.0.0.1");
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", (error) => reject(new CannotRun(`--socket ${options.socket}: ${error.message}`)));
    });
    serveStreams(socket, socket);
  }
  await new Promise<never>(() => {});
}
