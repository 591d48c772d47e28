import { chainText } from "../../../order/evidence";
import { hookRule } from "../../hookEffects";

export const irqInPostLoad = hookRule({
  code: "irq-in-post-load",
  group: "hooks",
  severity: "information",
  default: "review",
  title: "An interrupt line changes while loading",
  summary: "A load hook changes an interrupt line, which is another device's input.",
  steps: 5,
  accepts: (effect, isCpu) => effect.kind === "irq" && !isCpu(),
  message: (effect, name) =>
    `${effect.callback} of ${name} changes an interrupt line (${chainText(effect)}): the device at its other end may be loaded before or after, and has its own saved level.`,
});
