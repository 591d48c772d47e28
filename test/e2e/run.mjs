// The extension as a person uses it: the packaged .vsix in the real workbench.
//   node test/e2e/run.mjs [word…]                only scenarios whose names contain a word
//   node test/e2e/run.mjs --landing              the main job only: those marked "landing"
// VMSTATE_E2E_WORKBENCH   folder with an installed workbench; default: test/e2e, installed when missing
// VMSTATE_E2E_CHROMIUM    the browser; default: chromium of the PATH
// VMSTATE_E2E_STREAM      a migration stream of q35 that a QEMU wrote, also packed (.gz); without it its scenario is not run
// QEMU_BINARY             a real QEMU: takes RELEASE TARGET ARGUMENTS…
// QEMU_SOURCE_10_0        an older one, to compare with
// QEMU_SOURCE_10_2        a QEMU source tree; without it the scenarios on a real tree are reported as not run
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { commandScenarios } from "./scenarios/commands.mjs";
import { compareScenarios } from "./scenarios/compare.mjs";
import { confirmScenarios } from "./scenarios/confirm.mjs";
import { debugScenarios } from "./scenarios/debug.mjs";
import { endScenarios } from "./scenarios/ends.mjs";
import { figureScenarios } from "./scenarios/figures.mjs";
import { copyExample, exampleScenarios } from "./scenarios/example.mjs";
import { graphScenarios } from "./scenarios/graph.mjs";
import { newcomerScenarios, sideBarScenarios } from "./scenarios/newcomer.mjs";
import { pageScenarios } from "./scenarios/pages.mjs";
import { streamScenarios } from "./scenarios/stream.mjs";
import { tableScenarios } from "./scenarios/table.mjs";
import { taskScenarios } from "./scenarios/task.mjs";
import { treeScenarios } from "./scenarios/tree.mjs";
import { trustScenarios } from "./scenarios/trust.mjs";
import { webScenarios } from "./scenarios/web.mjs";
import { install, isInstalled } from "./setup.mjs";
import { findChromium, startWorkbench } from "./workbench.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const landing = process.argv.includes("--landing");
const words = process.argv.slice(2).filter((word) => word !== "--landing");
const modules = resolve(process.env.VMSTATE_E2E_WORKBENCH ?? here);
const screenshots = join(root, "out/e2e");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

if (!isInstalled(modules)) install(modules);
const chromium = findChromium();
if (!chromium) {
  console.error("no chromium found: install it, or name one in VMSTATE_E2E_CHROMIUM");
  process.exit(2);
}
if (words.length === 0) rmSync(screenshots, { recursive: true, force: true });
mkdirSync(screenshots, { recursive: true });

/** A new one for every window: no scenario finds what another has left. */
const example = () => copyExample(root);
const scenarios = [
  ...exampleScenarios(root, example),
  ...treeScenarios(process.env.QEMU_SOURCE_10_2, process.env.QEMU_SOURCE_10_0, process.env.VMSTATE_E2E_STREAM),
  ...pageScenarios(modules, example),
  ...graphScenarios(root, example, process.env.QEMU_SOURCE_10_2),
  ...streamScenarios(modules, example),
  ...debugScenarios(example, process.env.QEMU_SOURCE_10_2, process.env.VMSTATE_E2E_STREAM),
  ...figureScenarios(example, process.env.QEMU_SOURCE_10_2),
  ...sideBarScenarios(example),
  ...commandScenarios(root, example),
  ...newcomerScenarios(),
  ...webScenarios(root, example),
  ...tableScenarios(root, example),
  ...trustScenarios(example),
  ...taskScenarios(example),
  ...compareScenarios(root, example),
  ...endScenarios(example),
  ...confirmScenarios(example, process.env.QEMU_BINARY),
];

/** Runs a scenario, and once more when it fails: a workbench in a browser on a shared machine is late now and then. */
async function runs(scenario) {
  for (let attempt = 1; attempt <= 2; attempt++) {
    const started = Date.now();
    const shared = { workbench, window: undefined };
    try {
      await scenario.run(shared);
      if (attempt > 1) flaky.push(scenario.name);
      const which = attempt > 1 ? ", second try" : "";
      console.log(`✓ ${scenario.name} (${((Date.now() - started) / 1000).toFixed(1)} s${which})`);
      return true;
    } catch (error) {
      console.log(
        `${attempt > 1 ? "✗" : "!"} ${scenario.name}\n  ${String(error?.stack ?? error).replaceAll("\n", "\n  ")}`,
      );
      await shared.window?.shot(`failed-${scenario.name.replace(/\W+/g, "-")}-${attempt}`).catch(() => undefined);
    } finally {
      await shared.window?.close().catch(() => undefined);
      scenario.cleanup?.();
    }
  }
  return false;
}

const chosen = scenarios.filter(
  (each) => (!landing || each.landing) && (words.length === 0 || words.some((word) => each.name.includes(word))),
);
let passed = 0;
let failed = 0;
let notRun = 0;
const flaky = [];
const workbench = await startWorkbench({
  modules,
  vsix: join(root, `vmstate-${version}.vsix`),
  chromium,
  screenshots,
});
try {
  for (const scenario of chosen) {
    if (scenario.missing) {
      notRun++;
      console.log(`- ${scenario.name}: NOT RUN, ${scenario.missing}`);
      continue;
    }
    if (await runs(scenario)) passed++;
    else failed++;
  }
} finally {
  await workbench.stop();
}
if (flaky.length > 0) console.log(`needed a second try:\n${flaky.map((name) => `  ${name}`).join("\n")}`);
console.log(
  `e2e: ${passed} passed, ${failed} failed, ${notRun} not run, ${flaky.length} on the second try; screenshots in out/e2e`,
);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
