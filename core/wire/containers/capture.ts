/** A packet capture of a migration over TCP: its connections, and the stream of the one that has it. */
import type { ByteSource } from "../framing/input";
import { fileMagic } from "../framing/magic";
import { containerLimits, type Recognised } from "./layer";
import { isMultifd, listMultifd } from "./multifd";
import { isCapture, segmentsOf } from "./packets";
import { isPreempt } from "./preempt";
import { bytesAt, counted, hasBytes, viewOf } from "./source";
import { Flow } from "./tcp";

const title = "packet capture";

export function readCapture(source: ByteSource, head: Uint8Array): Recognised | undefined {
  if (!isCapture(head)) return undefined;
  const flows = new Map<string, Flow>();
  let [packets, segments] = [0, 0];
  for (const segment of segmentsOf(source, head)) {
    packets++;
    if (segment === undefined) continue;
    const key = `${segment.from} ${segment.to}`;
    let flow = flows.get(key);
    if (flow === undefined) {
      if (flows.size >= containerLimits.connections) continue;
      flow = new Flow(segment.from, segment.to);
      flows.set(key, flow);
    }
    if (++segments > containerLimits.packets) {
      return {
        kind: "none",
        message: `this packet capture has more than ${containerLimits.packets} segments: cut it to the migration's port`,
      };
    }
    flow.add(segment.sequence, segment.isStart, segment.place, segment.length);
  }
  const connections = [...flows.values()].flatMap((flow) => connectionOf(flow, source) ?? []);
  const streams = connections.filter(({ kind }) => kind === "stream").sort((a, b) => b.source.size - a.source.size);
  const [main] = streams;
  const notes = [
    `${counted(packets, "packet")}, ${counted(connections.length, "direction")} of TCP with data`,
    ...connections.flatMap((each) => describe(each, main)),
  ];
  if (main === undefined) {
    if (connections.some(({ kind }) => kind !== "other")) return { kind: "listed", layer: { title, notes } };
    return {
      kind: "none",
      message: `this packet capture holds no migration stream: ${counted(connections.length, "direction")} of TCP with data, none begins with QEVM. Record from before the migration on, without a limit on the packets' length: tcpdump -s 0 -w FILE port PORT`,
    };
  }
  return { kind: "inside", layer: { title, notes }, source: main.source };
}

interface Connection {
  readonly flow: Flow;
  readonly source: ByteSource;
  readonly kind: "stream" | "multifd" | "preempt" | "tls" | "other";
}

function connectionOf(flow: Flow, file: ByteSource): Connection | undefined {
  if (flow.segments === 0) return undefined;
  const source = flow.source(file);
  const head = bytesAt(source, 0, 512);
  if (head.length === 0) return undefined;
  const isStream = head.length >= 4 && viewOf(head).getUint32(0) === fileMagic;
  const isTls = hasBytes(head, [0x16, 3]);
  const kind = isStream
    ? "stream"
    : isMultifd(head)
      ? "multifd"
      : isTls
        ? "tls"
        : isPreempt(head)
          ? "preempt"
          : "other";
  return { flow, source, kind };
}

function describe(connection: Connection, main: Connection | undefined): readonly string[] {
  const { flow, source, kind } = connection;
  const name = `${flow.from} to ${flow.to}, ${counted(source.size, "byte")}`;
  const gap = source.problem?.();
  const rest = gap === undefined ? [] : [`${name}: ${gap}`];
  switch (kind) {
    case "stream":
      return [`${name}: ${connection === main ? "the stream" : "another stream, not read"}`, ...rest];
    case "multifd":
      return [`${name}: multifd`, ...listMultifd(source).map((line) => `  ${line}`), ...rest];
    case "preempt":
      return [`${name}: pages by name, as postcopy-preempt sends them`, ...rest];
    case "tls":
      return [`${name}: TLS, which cannot be read`, ...rest];
    case "other":
      return main?.flow.from === flow.to && main.flow.to === flow.from
        ? [`${name}: the return path`]
        : [`${name}: not known`];
  }
}
