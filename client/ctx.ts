/** What the extension holds while it runs: the language client, its state and the output channel. */
import * as vscode from "vscode";
import type { BaseLanguageClient, LanguageClientOptions, RevealOutputChannelOn } from "vscode-languageclient";
import { methods } from "../server/protocol";
import type { InitializationOptions, ServerStatus } from "../server/protocol";
import { crashHandler } from "./crashes";
import { answerFiles } from "./files";
import { collections, problemsOfShownFiles } from "./shown";
import type { Platform } from "./platform";

/** What the status item shows: the server's own word, or that there is none. */
export type Health =
  | { readonly kind: "stopped"; readonly reason: string }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly status: ServerStatus };

export class Ctx implements vscode.Disposable {
  private client: BaseLanguageClient | undefined;
  private current: Health = { kind: "stopped", reason: vscode.l10n.t("not started") };
  private readonly changed = new vscode.EventEmitter<Health>();
  readonly onHealth = this.changed.event;

  constructor(
    readonly extension: vscode.ExtensionContext,
    readonly output: vscode.LogOutputChannel,
    readonly platform: Platform,
  ) {}

  get health(): Health {
    return this.current;
  }

  /** The client while its server answers; undefined otherwise. */
  get running(): BaseLanguageClient | undefined {
    return this.client?.isRunning() ? this.client : undefined;
  }

  /** The client once its server has started; undefined where it does not. */
  async whenRunning(): Promise<BaseLanguageClient | undefined> {
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
    const protocol = await import("vscode-languageclient");
    const { Never } = protocol.RevealOutputChannelOn;
    let again = false;
    const client = await this.platform.createClient(this.extension, {
      ...clientOptions(this.output, Never),
      errorHandler: crashHandler(protocol, this.output, (restarts) => (again = restarts)),
    });
    answerFiles(client);
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) return;
      const { Stopped, StartFailed } = protocol.State;
      if (newState === Stopped && again) this.show({ kind: "starting" });
      else if (newState === Stopped || (newState === StartFailed && again))
        this.show({ kind: "stopped", reason: vscode.l10n.t("the language server has stopped") });
    });
    client.onNotification(methods.status, (status: ServerStatus) => this.show({ kind: "running", status }));
    try {
      await client.start();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.show({ kind: "stopped", reason: vscode.l10n.t("the language server could not start: {0}", message) });
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

/** Where the files of a workspace may be: on a disk, on another machine, in a repository that nobody has cloned. */
function documentSelector(): { scheme: string; language: string; pattern?: string }[] {
  const schemes = new Set(["file", "vscode-vfs", "vscode-remote", "vscode-test-web"]);
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) schemes.add(uri.scheme);
  return [...schemes].flatMap((scheme) => [
    { scheme, language: "c" },
    // Headers open as C++ in VS Code unless files.associations says otherwise.
    { scheme, language: "cpp", pattern: "**/*.{h,inc}" },
    { scheme, language: "rust", pattern: "**/rust/**/*.rs" },
  ]);
}

function clientOptions(output: vscode.LogOutputChannel, reveal: RevealOutputChannelOn): LanguageClientOptions {
  const initializationOptions: InitializationOptions = {
    // Plain values: a worker takes no object with methods.
    settings: JSON.parse(JSON.stringify(vscode.workspace.getConfiguration("vmstate"))) as unknown,
    clientCommands: true,
    files: true,
  };
  return {
    documentSelector: documentSelector(),
    initializationOptions,
    synchronize: { configurationSection: "vmstate" },
    outputChannel: output,
    revealOutputChannelOn: reveal,
    diagnosticCollectionName: "vmstate",
    diagnosticCollectionProvider: collections,
    middleware: problemsOfShownFiles,
  };
}
