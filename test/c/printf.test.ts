import { expect, it } from "vitest";
import { textBetweenConversions } from "../../core/c/printf";

it("a format's text stands between its conversions, whatever their flags, widths and lengths", () => {
  expect(textBetweenConversions("error %d of %s")).toEqual(["error ", " of ", ""]);
  expect(textBetweenConversions("%-08.3llx|%*d|%.*s|%zu|%hhx")).toEqual(["", "|", "|", "|", "|", ""]);
  expect(textBetweenConversions("no conversion")).toEqual(["no conversion"]);
});

it("a percent sign at the end takes nothing that is not there", () => {
  expect(textBetweenConversions("100 %")).toEqual(["100 ", ""]);
  expect(textBetweenConversions("%-")).toEqual(["", ""]);
});
