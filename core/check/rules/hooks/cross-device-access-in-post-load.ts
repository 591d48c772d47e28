import { chainText } from "../../../order/evidence";
import { hookRule } from "../../hookEffects";

const crossDeviceApis = new Set(["object_resolve_path", "object_resolve_path_type", "qdev_find_recursive"]);

export const crossDeviceAccessInPostLoad = hookRule({
  code: "cross-device-access-in-post-load",
  group: "hooks",
  severity: "information",
  default: "on",
  title: "A load hook reaches for another device",
  summary: "A load hook reaches for another device or for the CPUs, whose state may not be loaded yet.",
  steps: 2,
  accepts: (effect, isCpu) =>
    effect.kind === "device-lookup" ? crossDeviceApis.has(effect.api) : effect.kind === "cpu-access" && !isCpu(),
  message: (effect, name) =>
    effect.kind === "cpu-access"
      ? `${effect.callback} of ${name} works on CPUs (${chainText(effect)}): their state is loaded before or after, as it happens to come in the stream.`
      : `${effect.callback} of ${name} looks up another device (${chainText(effect)}): its state is loaded before or after, as it happens to come in the stream.`,
});
