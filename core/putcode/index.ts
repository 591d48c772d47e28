/** VMStateInfo objects outside migration/: what their put functions write is read from the C text, for any tree. */
import type { VMStateInfo } from "../vmstate/model";
import type { WireElement } from "../wire/values/schema";
import { type NamedDescription, putCodec } from "./codec";
import { parameterNames, type Put, type PutSource } from "./model";
import { parsePut } from "./parse";
import { writesSomething } from "./puts";

export { evaluate } from "./evaluate";
export { assignedBy } from "./assigned";
export { decidePredicate, evaluatePredicate } from "./predicate";
export type { PutFunction, PutSource, Written } from "./model";

/** undefined: the function is not in the source. */
export function putElement(
  symbol: string,
  info: VMStateInfo | undefined,
  source: PutSource,
  named: NamedDescription,
): WireElement | undefined {
  const fn = info?.put && source.function(info.put.name, info.put.range.file);
  if (info === undefined || fn === undefined) return undefined;
  const put = parsePut(fn, source);
  if (!writesSomething(put)) return { kind: "opaque", reason: `${fn.name} writes nothing that can be read` };
  return (
    plainElement(put, parameterNames(fn)[2]) ?? {
      kind: "codec",
      codec: putCodec(info.name.known ? info.name.value : symbol, fn, put, source, named),
    }
  );
}

/** One integer, or one buffer of the field's size. */
function plainElement(put: Put, sizeParameter: string | undefined): WireElement | undefined {
  if (put.kind !== "sequence") return undefined;
  const parts = put.parts.filter((part) => part.kind !== "assign" && part.kind !== "return");
  const [only] = parts;
  if (only === undefined || parts.length > 1) return undefined;
  if (only.kind === "integer" && only.value !== undefined) {
    return { kind: "integer", bytes: only.bytes, signed: only.signed, check: "none" };
  }
  const size = only.kind === "bytes" && only.size?.kind === "identifier" ? only.size.name : undefined;
  return size !== undefined && size === sizeParameter ? { kind: "buffer" } : undefined;
}
