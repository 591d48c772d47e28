/** How often functions of the product were called: work that no machine's mood changes. */
import { Session } from "node:inspector";
import type { Profiler } from "node:inspector";

const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });

/** What the work of a command is made of, by the file and the name of the function that does it. */
const counted = {
  filesRead: ["server/node/readFile.ts", "readText"],
  skimmed: ["core/c/skim.ts", "skim"],
  lexed: ["core/c/lex.ts", "lex"],
  tablesRead: ["core/vmstate/read.ts", "readDescription"],
  typesRead: ["core/qom/read.ts", "readType"],
  followed: ["core/code/loadEffects.ts", "walkFrom"],
  parsed: ["core/c/body/parse.ts", "parseBody"],
} as const;

export type Work = Readonly<Record<keyof typeof counted, number>>;

function take(): Work {
  let scripts: readonly Profiler.ScriptCoverage[] = [];
  session.post("Profiler.takePreciseCoverage", (_, answer) => (scripts = answer.result));
  const calls = (file: string, name: string): number =>
    scripts
      .filter(({ url }) => url.endsWith(`/${file}`))
      .flatMap(({ functions }) => functions.filter(({ functionName }) => functionName === name))
      .reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
  const entries = Object.entries(counted).map(([what, [file, name]]) => [what, calls(file, name)]);
  return Object.fromEntries(entries) as Work;
}

/** The work of one run, and what it answers. */
export async function workOf<T>(run: () => Promise<T>): Promise<Work & { readonly answer: T }> {
  take(); // sets all counts to zero
  const answer = await run();
  return { ...take(), answer };
}
