/**
 * Enumerators that macros paste together, at top level or inside an enum: `REG32(CTRL, 0x4)` makes `A_CTRL` and `R_CTRL`;
 * and those of an enum whose body includes a list of them.
 */
import { wordsIn } from "./words";
import type { MakerIndex } from "./makers";
import type { ConditionIndex, FileFacts, RecordDefinition } from "./facts";
import type { Located } from "./scope";
import { directiveText, lex } from "./lex";
import { skim } from "./skim";
import type { Token } from "./token";
import type { Varying } from "./varying";

export interface MadeEnumSource {
  facts(path: string): FileFacts | undefined;
  text(path: string): string | undefined;
  makers(): MakerIndex;
  tokens(file: string, start: number, end: number): readonly Token[];
  excluded(file: string, condition: ConditionIndex): boolean;
  readonly varying: Pick<Varying, "kept" | "note">;
  isMacro(name: string): boolean;
}

export interface MadeEnums {
  /** The enum that declares the name, made by a macro used in one of the files. Its file is an expansion. */
  find(enumerator: string, files: Iterable<string>): Located<RecordDefinition> | undefined;
  /** Text of an expansion, by the file name that `find` gave. */
  text(expansion: string): string | undefined;
}

/** Before the offset in an expansion's name; no path of a file has it. */
const separator = "\0";

/** The real file behind the name of an expansion. */
export function expandedIn(file: string): string {
  const at = file.indexOf(separator);
  return at === -1 ? file : file.slice(0, at);
}

const enumWord: ReadonlySet<string> = new Set(["enum"]);

interface Use {
  readonly start: number;
  readonly end: number;
  /** What is written there; undefined where an included file says it. */
  readonly words: readonly string[] | undefined;
  /** Whether the configuration excludes it, and another target's may not, or the reverse. */
  readonly excluded: { readonly value: boolean; readonly varies: boolean };
}

function includesIn(text: string, start: number, end: number): boolean {
  const at = text.indexOf("#", start);
  if (at === -1 || at >= end) return false;
  return lex(text, "", start, end).some(
    (token) => token.kind === "directive" && directiveText(token.text, 1, token.text.length).startsWith("include"),
  );
}

export function createMadeEnums(source: MadeEnumSource): MadeEnums {
  const usesByFile = new Map<string, readonly Use[]>();
  const expansions = new Map<string, FileFacts>();
  const varyingExpansions = new Set<string>();
  const texts = new Map<string, string>();

  const usesIn = (file: string): readonly Use[] => {
    let uses = usesByFile.get(file);
    if (uses === undefined) {
      const text = source.text(file) ?? "";
      const found: Use[] = [];
      for (const d of source.facts(file)?.declarations ?? []) {
        const includes = d.kind === "enum" && includesIn(text, d.start, d.end);
        const makes =
          d.kind === "invocation"
            ? source.makers().makes(d.name, enumWord)
            : includes || (d.kind === "enum" && d.enumerators.some(source.isMacro));
        if (!makes) continue;
        const words = [...wordsIn(text.slice(d.start, d.end))];
        const excluded = source.varying.kept(() => source.excluded(file, d.condition));
        found.push({ start: d.start, end: d.end, words: includes ? undefined : words.slice(1), excluded });
      }
      uses = found;
      usesByFile.set(file, uses);
    }
    return uses;
  };

  const expansionOf = (file: string, use: Use): FileFacts => {
    const path = `${file}${separator}${use.start}`;
    let facts = expansions.get(path);
    if (varyingExpansions.has(path)) source.varying.note();
    if (facts === undefined) {
      const { value: tokens, varies } = source.varying.kept(() => source.tokens(file, use.start, use.end));
      if (varies) varyingExpansions.add(path);
      const text = tokens.map((t) => (t.space ? ` ${t.text}` : t.text)).join("");
      facts = skim(path, text);
      texts.set(path, text);
      expansions.set(path, facts);
    }
    return facts;
  };

  return {
    text: (expansion) => texts.get(expansion),
    find(enumerator, files) {
      for (const file of files) {
        for (const use of usesIn(file)) {
          if (use.words?.some((word) => enumerator.includes(word)) === false) continue;
          if (use.excluded.varies) source.varying.note();
          if (use.excluded.value) continue;
          const facts = expansionOf(file, use);
          for (const d of facts.declarations) {
            if (d.kind === "enum" && d.enumerators.includes(enumerator)) return { file: facts.path, declaration: d };
          }
        }
      }
      return undefined;
    },
  };
}
