import { expect, it } from "vitest";
import { shifted, showing, wholeView, zoomed } from "../../client/shared/zoom";

it("what is under the pointer stays there, and the ends stay ends", () => {
  const near = zoomed(wholeView(100), 100, 0.5, 30);
  expect(near).toEqual({ from: 15, count: 50 });
  expect(zoomed(near, 100, 2, 30)).toEqual(wholeView(100));
  expect(zoomed(wholeView(100), 100, 0.5, 0).from).toBe(0);
  expect(zoomed({ from: 40, count: 50 }, 100, 10, 99)).toEqual(wholeView(100));
});

it("never shows less than a few, or more than there are", () => {
  expect(zoomed(wholeView(100), 100, 1e-6, 50).count).toBe(4);
  expect(zoomed(wholeView(3), 3, 0.1, 1)).toEqual(wholeView(3));
  expect(zoomed(wholeView(0), 0, 0.5, 0)).toEqual(wholeView(0));
});

it("moves along, and after what is looked at no further than needed", () => {
  const view = { from: 10, count: 20 };
  expect(shifted(view, 100, -50).from).toBe(0);
  expect(shifted(view, 100, 500).from).toBe(80);
  expect(showing(view, 100, 15)).toBe(view);
  expect(showing(view, 100, 5).from).toBe(5);
  expect(showing(view, 100, 30).from).toBe(11);
});
