/** Long work on the server's only thread: whoever asks meanwhile is answered between two slices, not one in each. */
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { CancellationToken } from "vscode-languageserver";
import {
  CancellationTokenSource,
  createConnection,
  createProtocolConnection,
  LSPErrorCodes,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { inSlices, messageOptions, sliceLength } from "../../server/slices";

function pair() {
  const up = new PassThrough();
  const down = new PassThrough();
  const server = createConnection(up, down, messageOptions);
  const client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  return { server, client };
}

function workFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function* steps(): Generator<number> {
  for (let step = 0; step < 200; step++) yield step;
}

describe("while long work goes on", () => {
  it("fifty requests are answered within a few slices", async () => {
    const { server, client } = pair();
    let done = 0;
    let work: Promise<void> | undefined;
    server.onRequest("begin", () => {
      work = inSlices(steps(), CancellationToken.None, () => {
        done++;
        workFor(sliceLength + 1);
      });
      return null;
    });
    server.onRequest("ask", (number: number) => number);
    server.listen();
    client.listen();
    await client.sendRequest("begin");
    const before = done;
    const asked = Array.from({ length: 50 }, (_, number) => client.sendRequest("ask", { number }));
    await Promise.all(asked);
    expect(done - before).toBeLessThan(10);
    await work;
    expect(done).toBe(200);
  });

  it("a request that is cancelled before its turn is answered as cancelled", async () => {
    const { server, client } = pair();
    const reached: string[] = [];
    server.onRequest("block", () => workFor(50));
    server.onRequest("ask", () => void reached.push("ask"));
    server.listen();
    client.listen();
    const source = new CancellationTokenSource();
    const blocked = client.sendRequest("block");
    const asked = client.sendRequest("ask", {}, source.token).catch((error: unknown) => error);
    source.cancel();
    await blocked;
    expect(await asked).toMatchObject({ code: LSPErrorCodes.RequestCancelled });
    expect(reached).toEqual([]);
  });
});
