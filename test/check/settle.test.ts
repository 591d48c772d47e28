import { expect, it } from "vitest";
import { rules } from "../../core/check";
import { isForReview, settled } from "../../core/check/settle";

it("a setting goes before the rule's default, and that before a finding's own severity", () => {
  expect(settled("priority-ignored", "warning", {})).toBe("warning");
  expect(settled("priority-ignored", "warning", { "priority-ignored": "hint" })).toBe("hint");
  for (const { code } of rules.filter((rule) => rule.default === "off")) {
    expect(settled(code, "warning", {})).toBe("off");
    expect(settled(code, "warning", { [code]: "warning" })).toBe("warning");
  }
});

it("a rule for review is heard where a setting names it", () => {
  expect(isForReview("state-not-saved", {})).toBe(true);
  expect(isForReview("state-not-saved", { "state-not-saved": "information" })).toBe(false);
  expect(isForReview("type-mismatch", {})).toBe(false);
});
