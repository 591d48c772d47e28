import * as l10n from "@vscode/l10n";
import { afterAll, expect, it } from "vitest";
import { explain } from "../../client/shared/explain";
import { code, sentence } from "../../client/shared/sentence";
import { order, simulation } from "./results";

afterAll(() => l10n.config({ contents: {} }));

it("a translation may turn the parts of a sentence around, and code stays code", () => {
  l10n.config({
    contents: {
      "The guest arrives": "Der Gast kommt an",
      "Only device creation order puts {0} before {1}.": "Vor {1} steht {0} nur, weil es früher entsteht.",
    },
  });
  const { headline, why } = explain(simulation(["demo-disk", "demo-iommu"]), order);
  expect(headline).toBe("Der Gast kommt an");
  expect(why[0]?.map(({ text }) => text).join("")).toBe("Vor demo-disk steht demo-iommu nur, weil es früher entsteht.");
  expect(why[0]?.filter(({ kind }) => kind === "code").map(({ text }) => text)).toEqual(["demo-disk", "demo-iommu"]);
});

it("a place without a part stays empty, and words in braces stay", () => {
  expect(sentence("{0} and {1}: {name}", code("a"))).toEqual([
    { kind: "code", text: "a" },
    { kind: "text", text: " and " },
    { kind: "text", text: ": {name}" },
  ]);
});
