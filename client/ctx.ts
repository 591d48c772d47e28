/** What the extension holds while it runs: the language client, its state and the output channel. */
import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn, State, TransportKind } from "vscode-languageclient/node";
import type { LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";
import { methods } from "../server/protocol";
import type { InitializationOptions, ServerStatus } from "../server/protocol";

/** What the status item shows: the server's own word, or that there is none. */
export type Health =
  | { readonly kind: "stopped"; readonly reason: string }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly status: ServerStatus };

export class Ctx implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private current: Health = { kind: "stopped", reason: vscode.l10n.t("not started") };
  private readonly changed = new vscode.EventEmitter<Health>();
  readonly onHealth = this.changed.event;

  constructor(
    readonly extension: vscode.ExtensionContext,
    readonly output: vscode.LogOutputChannel,
  ) {}

  get health(): Health {
    return this.current;
  }

  /** The client while its server answers; undefined otherwise. */
  get running(): LanguageClient | undefined {
    return this.client?.isRunning() ? this.client : undefined;
  }

  /** The client once its server has started; undefined where it does not. */
  async whenRunning(): Promise<LanguageClient | undefined> {
    if (this.current.kind === "starting") {
      await new Promise<void>((resolve) => {
        const listener = this.onHealth((health) => {
          if (health.kind === "starting") return;
          listener.dispose();
          resolve();
        });
      });
    }
    return this.running;
  }

  async start(): Promise<void> {
    if (this.running) return;
    await this.stop();
    this.show({ kind: "starting" });
    const client = new LanguageClient("vmstate", "VMState", serverOptions(this.extension), clientOptions(this.output));
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped && this.client === client) {
        this.show({ kind: "stopped", reason: vscode.l10n.t("the language server has stopped") });
      }
    });
    client.onNotification(methods.status, (status: ServerStatus) => this.show({ kind: "running", status }));
    try {
      await client.start();
    } catch (error) {
      this.show({ kind: "stopped", reason: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop()) await client.stop();
    await client?.dispose();
  }

  async restart(): Promise<void> {
    this.output.info("restarting the language server");
    await this.stop();
    await this.start();
  }

  dispose(): void {
    this.changed.dispose();
  }

  private show(health: Health): void {
    this.current = health;
    const tree = health.kind === "running" && health.status.state !== "no-tree";
    void vscode.commands.executeCommand("setContext", "vmstate.tree", tree);
    this.changed.fire(health);
  }
}

function serverOptions(extension: vscode.ExtensionContext): ServerOptions {
  const module = vscode.Uri.joinPath(extension.extensionUri, "dist", "server.js").fsPath;
  return {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ["--nolazy", "--inspect=6009"] } },
  };
}

function clientOptions(output: vscode.LogOutputChannel): LanguageClientOptions {
  const initializationOptions: InitializationOptions = {
    settings: vscode.workspace.getConfiguration("vmstate"),
    clientCommands: true,
  };
  return {
    // Headers open as C++ in VS Code unless files.associations says otherwise.
    documentSelector: [
      { scheme: "file", language: "c" },
      { scheme: "file", language: "cpp", pattern: "**/*.{h,inc}" },
      { scheme: "file", language: "rust", pattern: "**/rust/**/*.rs" },
    ],
    initializationOptions,
    synchronize: { configurationSection: "vmstate" },
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    diagnosticCollectionName: "vmstate",
  };
}
