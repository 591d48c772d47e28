/** Real folders for tests: QEMU in small, with whatever a test puts around and into it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach } from "vitest";
import type { JsonFinding } from "../../cli/report/json";
import { nodeHost } from "../../server/node/host";
import { vmstate } from "../cli/run";
import { type ClientOptions, connectClient, type TestClient } from "../server/client";

const example = fileURLToPath(new URL("../../examples/mini-qemu", import.meta.url));

export interface Layout {
  /** Absolute path of the folder, in which the tree lies at `qemu`. */
  readonly top: string;
  readonly tree: string;
  /** Writes a file; the path is relative to `top`. */
  put(path: string, text: string): void;
  text(path: string): string;
  /** Copies the example tree to a folder of `top`. */
  copyTree(to: string): void;
}

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function layout(): Layout {
  const top = mkdtempSync(join(tmpdir(), "vmstate-layout-"));
  made.push(top);
  const copyTree = (to: string): void => cpSync(example, join(top, to), { recursive: true });
  copyTree("qemu");
  return {
    top,
    tree: join(top, "qemu"),
    put(path, text) {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      writeFileSync(join(top, path), text);
    },
    text: (path) => readFileSync(join(top, path), "utf8"),
    copyTree,
  };
}

export interface Checked {
  readonly code: number;
  readonly err: string;
  /** `file code severity: message`, in the CLI's order. */
  readonly findings: readonly string[];
}

/** `vmstate check` in `cwd`. */
export async function check(cwd: string, ...argv: string[]): Promise<Checked> {
  const { code, out, err } = await vmstate(["check", "--format", "json", ...argv], { cwd });
  const parsed: JsonFinding[] = out === "" ? [] : JSON.parse(out);
  return { code, err, findings: parsed.map((f) => `${f.file} ${f.code} ${f.severity}: ${f.message}`) };
}

/** The server over a folder of the disk, keeping nothing between two runs and comparing with no older version. */
export async function serve(folder: string, options: Partial<ClientOptions> = {}): Promise<TestClient> {
  const { recall: _recall, keep: _keep, findBaseline: _findBaseline, ...host } = nodeHost(undefined);
  return connectClient(host, { folders: [uriOf(folder)], ...options });
}

export function uriOf(path: string): string {
  return pathToFileURL(path).toString();
}

/** Opens a file as it is on disk and answers its findings as `check` does, with the file named relative to `from`. */
export async function findingsOf(client: TestClient, file: string, from: string): Promise<readonly string[]> {
  client.open(uriOf(file), readFileSync(file, "utf8"));
  const found = await client.pull(uriOf(file));
  client.close(uriOf(file));
  const names = ["", "error", "warning", "information", "hint"];
  const name = relative(from, file).split(sep).join("/");
  return found.map(({ code, severity, message }) => `${name} ${String(code)} ${names[severity ?? 0]}: ${message}`);
}
