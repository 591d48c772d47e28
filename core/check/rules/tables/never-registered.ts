import { blanksAfter } from "../../../c/body";
import { behindBracket, firstName, namesIn, usesOfName, wordsIn } from "../../../c/words";
import { isTest } from "../../../c/paths";
import type { FileFacts } from "../../../c/facts";
import { withoutComments } from "../../../c/lex";
import type { VMStateDescription } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { answered } from "../../../project/answers";
import { apart, noteFile, noteOpen } from "../../../project/uses";
import { stateStructs } from "../../../project/stateTypes";
import { definesDevices } from "../../../project/waiting";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { registerFix } from "../../fixes/registerFix";
import { rule } from "../../rule";

/** The compiler does not warn of an unused const table. */
export const neverRegistered = rule({
  code: "never-registered",
  group: "tables",
  severity: "warning",
  default: "on",
  wholeTree: true,
  title: "Description that is never used",
  summary: "A description that nothing registers or nests.",
  *check({ project, descriptions }) {
    const { registered, insideVirtio, nested } = descriptionRoles(project);
    const candidates = [...descriptions].filter((description) => {
      const key = descriptionKey(description);
      return !registered.has(key) && !insideVirtio.has(key) && !nested.has(key) && isUnusedInFile(project, description);
    });
    let users: ReadonlyMap<VMStateDescription, string> | undefined;
    for (const description of candidates) {
      const isUnused = (): boolean => {
        users ??= apart(() => usedElsewhere(project, candidates));
        const user = users.get(description);
        if (user !== undefined) noteFile(user);
        // any file may come to use it
        else if (usesIn(project, description.file).get(description.symbol)?.isStatic !== true) noteOpen();
        return user === undefined;
      };
      const { symbol, file } = description;
      if (!answered(project, `never-registered ${symbol} ${file}`, file, isUnused)) continue;
      yield {
        range: description.nameRange,
        message: `${description.symbol} is never used: set dc->vmsd or reference it from another table.`,
        fixes: registerFix(project, description.file, description.symbol, stateStructs(description)[0]),
      };
    }
  },
});

function isUnusedInFile(project: Project, { symbol, file }: VMStateDescription): boolean {
  if (!file.endsWith(".c") || isTest(file)) return false;
  const uses = usesIn(project, file).get(symbol);
  return uses !== undefined && (uses.written === 1 || uses.inCode === uses.dropped + uses.defined);
}

/** How often a file has the name of one of its variables. */
interface Uses {
  readonly isStatic: boolean;
  /** Comments included. */
  written: number;
  inCode: number;
  /** Handed to vmstate_unregister. */
  dropped: number;
  defined: number;
}

/** Characters of what is handed to vmstate_unregister, which one that is never closed would have to the end of the file. */
const longestCall = 1000;

const sources = [".c", ".h", ".inc"];

const usesByFile = new WeakMap<FileFacts, ReadonlyMap<string, Uses>>();

function usesIn(project: Project, file: string): ReadonlyMap<string, Uses> {
  const facts = project.facts(file);
  const known = facts && usesByFile.get(facts);
  if (known !== undefined) return known;
  const uses = new Map<string, Uses>();
  for (const each of facts?.declarations ?? []) {
    if (each.kind !== "variable" || uses.has(each.name)) continue;
    uses.set(each.name, { isStatic: each.isStatic, written: 0, inCode: 0, dropped: 0, defined: 0 });
  }
  const count = (words: Iterable<string>, what: Exclude<keyof Uses, "isStatic">): void => {
    for (const word of words) {
      const entry = uses.get(word);
      if (entry !== undefined) entry[what]++;
    }
  };
  const text = project.text(file) ?? "";
  const code = withoutComments(text);
  count(wordsIn(text), "written");
  count(wordsIn(code), "inCode");
  for (const at of usesOfName(code, "vmstate_unregister")) {
    const open = code.indexOf("(", at);
    if (open === -1) break;
    const end = behindBracket(code, open, Math.min(code.length, open + longestCall));
    count(new Set(namesIn(code, open, end)), "dropped");
  }
  for (const at of usesOfName(code, "VMStateDescription")) {
    const start = blanksAfter(code, at + "VMStateDescription".length, code.length);
    const end = code.indexOf("\n", start);
    count([firstName(code.slice(start, end === -1 ? code.length : end))], "defined");
  }
  if (facts !== undefined) usesByFile.set(facts, uses);
  return uses;
}

/** By file that uses it. Declared in a header or used in another file: anything may be done with it there. One look at each file for all of them. */
function usedElsewhere(
  project: Project,
  candidates: readonly VMStateDescription[],
): ReadonlyMap<VMStateDescription, string> {
  const used = new Map<VMStateDescription, string>();
  const wanted = new Map<string, VMStateDescription[]>();
  for (const each of candidates) {
    if (usesIn(project, each.file).get(each.symbol)?.isStatic === true) continue;
    const same = wanted.get(each.symbol);
    if (same === undefined) wanted.set(each.symbol, [each]);
    else same.push(each);
  }
  if (wanted.size === 0) return used;
  const all = [...wanted.keys()];
  // who has a name has the words that are in it
  const others = all.filter((symbol) => !definesDevices(symbol));
  for (const path of project.paths()) {
    const symbols = project.mayNameTables(path) ? all : others;
    if (symbols.length === 0 || !sources.some((end) => path.endsWith(end))) continue;
    const text = project.text(path) ?? "";
    if (symbols.length <= 16 && !symbols.some((symbol) => text.includes(symbol))) continue;
    for (const word of wordsIn(text))
      for (const each of wanted.get(word) ?? []) if (each.file !== path) used.set(each, path);
  }
  return used;
}
