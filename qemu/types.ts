import * as v from "valibot";
import { withMachine } from "./machine";
import type { QemuProgram } from "./program";

const types = v.array(v.object({ name: v.string() }));

/** Types of the binary that can be made and that are, or come from, `ancestor`. Rejects with QemuFailure. */
export function realTypes(program: QemuProgram, ancestor: string): Promise<readonly string[]> {
  return withMachine(program, { args: ["-M", "none"] }, async (machine) => {
    const found = await machine.command("qom-list-types", { implements: ancestor, abstract: false });
    return v.parse(types, found).map(({ name }) => name);
  });
}
