/** vmstate_configuration (migration/savevm.c) and its subsections. */
import { latin1, StreamFailure } from "./bytes";
import type { ConfigurationEvent } from "./events";
import type { Input } from "./input";
import { limits } from "./limits";
import { mark } from "./magic";

const cut = "Failed to load configuration state: stream error: -5";

export function* readConfiguration(input: Input): Generator<undefined, ConfigurationEvent, undefined> {
  const offset = input.offset;
  function* require(count: number): Generator<undefined, void, undefined> {
    if (!(yield* input.need(count))) throw new StreamFailure(cut, Math.min(input.offset, input.size), "EIO");
  }
  yield* require(5);
  const length = input.view.getUint32(input.at + 1);
  if (length > limits.machineName) {
    const message = `the machine type's name has ${length} bytes; up to ${limits.machineName} are read`;
    throw new StreamFailure(message, input.offset + 1);
  }
  input.at += 5;
  yield* require(length);
  const machine = latin1(input.buffer.subarray(input.at, input.at + length));
  input.at += length;
  const subsections: { name: string; versionId: number }[] = [];
  let targetPageBits: number | undefined;
  let capabilities: string[] | undefined;
  let uuid: string | undefined;
  while ((yield* input.need(2)) && input.buffer[input.at] === mark.subsection) {
    const at = input.offset;
    const nameLength = input.buffer[input.at + 1] ?? 0;
    yield* require(2 + nameLength + 4);
    const name = latin1(input.buffer.subarray(input.at + 2, input.at + 2 + nameLength));
    if (!name.startsWith("configuration") || nameLength <= "configuration".length) break;
    const versionId = input.view.getInt32(input.at + 2 + nameLength);
    input.at += 6 + nameLength;
    if (versionId !== 1) {
      const which = versionId > 1 ? "new for local version_id" : "old for local minimum version_id";
      throw new StreamFailure(`${name}: incoming version_id ${versionId} is too ${which} 1`, at);
    }
    if (subsections.length >= limits.configurationSubsections) {
      throw new StreamFailure(`more than ${limits.configurationSubsections} subsections of the configuration`, at);
    }
    subsections.push({ name, versionId });
    switch (name) {
      case "configuration/target-page-bits":
        yield* require(4);
        targetPageBits = input.view.getUint32(input.at);
        input.at += 4;
        break;
      case "configuration/capabilities": {
        yield* require(4);
        const count = input.view.getUint32(input.at);
        if (count > limits.capabilities) {
          const message = `${count} capabilities are announced; up to ${limits.capabilities} are read`;
          throw new StreamFailure(message, input.offset);
        }
        input.at += 4;
        capabilities = [];
        for (let i = 0; i < count; i++) {
          yield* require(1);
          const size = input.buffer[input.at] ?? 0;
          yield* require(1 + size);
          capabilities.push(latin1(input.buffer.subarray(input.at + 1, input.at + 1 + size)));
          input.at += 1 + size;
        }
        break;
      }
      case "configuration/uuid":
        yield* require(16);
        uuid = Array.from(input.buffer.subarray(input.at, input.at + 16), (octet) =>
          octet.toString(16).padStart(2, "0"),
        ).join("");
        input.at += 16;
        break;
      default:
        throw new StreamFailure(`VM subsection '${name}' in 'configuration' does not exist`, at, "ENOENT");
    }
  }
  const size = input.offset - offset;
  return { kind: "configuration", offset, size, machine, targetPageBits, capabilities, uuid, subsections };
}
