/** A few hundred inputs for each target, the same ones every time; `npm run fuzz` makes as many as wanted, and measures. */
import { expect, test } from "vitest";
import { Random } from "./random";
import { targets } from "./targets";

test.each(targets)("$name", { timeout: 120_000 }, async (target) => {
  const next = await target.start();
  const failed: string[] = [];
  for (let index = 0; index < 200 + 40 * target.weight; index++) {
    const made = next(new Random(1, index));
    try {
      await made.run();
    } catch (error) {
      failed.push(`npm run fuzz -- --target ${target.name} --seed 1 --from ${index} --runs 1: ${String(error)}`);
    }
  }
  expect(failed).toEqual([]);
});
