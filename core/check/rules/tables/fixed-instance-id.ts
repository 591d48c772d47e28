import { isTest } from "../../../c/paths";
import { isDigits } from "../../../c/words";
import { rule } from "../../rule";

/** A second object of the kind would have the same id: since 8.2 QEMU exits, before it loaded both into the first. */
export const fixedInstanceId = rule({
  code: "fixed-instance-id",
  group: "tables",
  severity: "information",
  default: "off",
  title: "Same instance id for every object",
  summary: "Every object of a kind registers its section with the same instance id.",
  *check({ project, path }) {
    for (const { callee, instanceId, opaque, range, idstr, reference } of project.registrations()) {
      if ((path !== undefined && range.file !== path) || instanceId === undefined || callee.includes("unregister"))
        continue;
      if (!isDigits(instanceId) || isTest(range.file)) continue;
      if (opaque === undefined || opaque === "NULL" || opaque.startsWith("&") || opaque.includes("(")) continue;
      const name = idstr?.known === true ? `"${idstr.value}"` : (reference?.symbol ?? "this section");
      yield {
        range,
        message: `${name} is registered for ${opaque} with instance id ${instanceId}: a second one of its kind would collide. VMSTATE_INSTANCE_ID_ANY counts up.`,
      };
    }
  },
});
