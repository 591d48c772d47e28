import type { Severity } from "./diagnostic";
import { rules } from "./rules/list";

const offByDefault: ReadonlySet<string> = new Set(
  rules.filter((rule) => rule.default === "off").map(({ code }) => code),
);

const forReview: ReadonlySet<string> = new Set(
  rules.filter((rule) => rule.default === "review").map(({ code }) => code),
);

/** Whether somebody has to judge it, and no setting says that its rule is to be heard. */
export function isForReview(code: string, settings: Readonly<Record<string, Severity | "off">>): boolean {
  return forReview.has(code) && settings[code] === undefined;
}

/** How a finding counts by somebody's settings: theirs first, then the rule's default, then its own severity. */
export function settled<S>(
  code: string,
  severity: S,
  settings: Readonly<Record<string, Severity | "off">>,
): S | Severity | "off" {
  return settings[code] ?? (offByDefault.has(code) ? "off" : severity);
}
