/** The server's worker in a real Chromium. The page only passes messages on: the client and its files stay here. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import type { Message, ProtocolConnection } from "vscode-languageserver/node";
import { project } from "./desk";

const page = `<!doctype html><script>
  const worker = new Worker("/worker.js");
  let last = Promise.resolve();
  const send = (path, value) => (last = last.then(() => fetch(path, { method: "POST", body: JSON.stringify(value) })));
  worker.onmessage = ({ data }) => send("/message", data);
  worker.onerror = (event) => send("/error", event.message);
  (async () => {
    for (;;) for (const message of await (await fetch("/next")).json()) worker.postMessage(message);
  })();
</script>`;

export interface Browser {
  readonly connection: ProtocolConnection;
  /** What the worker threw. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

export async function startBrowser(home: string): Promise<Browser> {
  const program = process.env["VMSTATE_E2E_CHROMIUM"] ?? "chromium";
  const toClient = new PassThrough();
  const fromClient = new PassThrough();
  const writer = new StreamMessageWriter(toClient);
  const errors: string[] = [];
  const waiting: Message[] = [];
  let wake = (): void => {};
  new StreamMessageReader(fromClient).listen((message) => {
    waiting.push(message);
    wake();
  });

  const web = createServer((request, response) => {
    void (async () => {
      switch (request.url) {
        case "/":
          return void response.setHeader("content-type", "text/html").end(page);
        case "/worker.js":
          response.setHeader("content-type", "text/javascript");
          return void response.end(readFileSync(join(project, "dist/server-worker.js")));
        case "/next":
          if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          return void response.end(JSON.stringify(waiting.splice(0)));
        case "/message":
          await writer.write(JSON.parse(await body(request)) as Message);
          return void response.end();
        case "/error":
          errors.push(await body(request));
          return void response.end();
        default:
          return void response.writeHead(404).end();
      }
    })();
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const { port } = web.address() as AddressInfo;
  const profile = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    `--user-data-dir=${home}/chromium`,
  ];
  const chromium = spawn(program, [...profile, `http://127.0.0.1:${port}/`], { stdio: "ignore" });
  const closed = new Promise<void>((resolve) => chromium.once("exit", () => resolve()));
  chromium.once("error", (error) => errors.push(`${program}: ${error.message}`));

  return {
    connection: createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(fromClient)),
    errors,
    async close() {
      chromium.kill();
      await closed;
      web.closeAllConnections();
      web.close();
    },
  };
}

async function body(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
