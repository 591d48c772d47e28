import { chainText } from "../../../order/evidence";
import { hookRule } from "../../hookEffects";

export const blockWriteInPostLoad = hookRule({
  code: "block-write-in-post-load",
  group: "hooks",
  severity: "error",
  default: "on",
  title: "A load hook writes to a disk image",
  summary: "A load hook writes to a block backend, which is still inactive on the destination.",
  steps: 6,
  accepts: (effect) => effect.kind === "block-write",
  message: (effect, name) =>
    `${effect.callback} of ${name} writes to its block backend (${chainText(effect)}): until the guest runs, the source still owns the image and the write fails.`,
});
