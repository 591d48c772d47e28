/** Rules about subsections and their names. */
import type { SourceRange } from "../../../c/range";
import type { DescriptionReference, VMStateDescription } from "../../../vmstate/model";
import type { Diagnostic, QuickFix } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { descriptionKey } from "../../../code/registered";
import { has, isUnmigratable, memberRange, nameOf, nestedOf, removalEdit, textAt } from "../../tables";
import type { Rule } from "../../rule";

interface Pair {
  readonly reference: DescriptionReference;
  readonly child: VMStateDescription;
}

function subsectionsOf(project: Project, parent: VMStateDescription): readonly Pair[] {
  return parent.subsections.flatMap((reference) => {
    const child = project.resolve(reference);
    return child === undefined ? [] : [{ reference, child }];
  });
}

/** vmstate_subsection_load compares as many bytes as the parent's name has; the separator is custom, not rule. */
export const subsectionPrefix: Rule = {
  code: "subsection-prefix",
  summary: "A subsection's name does not begin with its parent's.",
  *check({ project, descriptions }) {
    for (const parent of descriptions) {
      if (!parent.name.known) continue;
      const prefix = parent.name.value;
      for (const { reference, child } of subsectionsOf(project, parent)) {
        if (!child.name.known) continue;
        const name = child.name.value;
        if (name.startsWith(prefix) && name.length > prefix.length) continue;
        const right = `${prefix}/${name.slice(name.lastIndexOf("/") + 1)}`;
        yield {
          code: "subsection-prefix",
          severity: "error",
          range: reference.range,
          message: `A stream with "${name}" does not load: QEMU takes a subsection for one of "${prefix}" only if its name begins so, as in "${right}".`,
          related: [{ range: memberRange(child, "name"), message: `${child.symbol} is named here` }],
          fixes: rename(project, parent, child, right),
        };
      }
    }
  },
};

/** Where the name is written as a plain string, and the right one is free. */
function rename(
  project: Project,
  parent: VMStateDescription,
  child: VMStateDescription,
  right: string,
): readonly QuickFix[] {
  const isTaken = subsectionsOf(project, parent).some(
    (pair) => pair.child.name.known && pair.child.name.value === right,
  );
  const range = memberRange(child, "name");
  const text = textAt(project, range) ?? "";
  const literal = /"[^"\\]*"/.exec(text);
  if (isTaken || literal === null || !child.name.known || literal[0] !== `"${child.name.value}"`) return [];
  const start = range.start + literal.index;
  const edit = { range: { file: range.file, start, end: start + literal[0].length }, text: `"${right}"` };
  return [{ title: `Name it "${right}"`, edits: [edit] }];
}

/** vmstate_get_subsection takes the first one of the name. */
export const duplicateSubsection: Rule = {
  code: "duplicate-subsection",
  summary: "Two subsections of one description have the same name.",
  *check({ project, descriptions }) {
    for (const parent of descriptions) {
      const first = new Map<string, Pair>();
      for (const pair of subsectionsOf(project, parent)) {
        if (!pair.child.name.known) continue;
        const name = pair.child.name.value;
        const before = first.get(name);
        if (before === undefined) first.set(name, pair);
        else yield duplicate(project, name, before, pair);
      }
    }
  },
};

/** A reference's range is that of the symbol. */
function withAmpersand(project: Project, range: SourceRange): SourceRange {
  const before = (project.text(range.file) ?? "").slice(Math.max(0, range.start - 40), range.start);
  return { ...range, start: range.start - (/&\s*$/.exec(before)?.[0].length ?? 0) };
}

function duplicate(project: Project, name: string, before: Pair, pair: Pair): Diagnostic {
  const same = descriptionKey(before.child) === descriptionKey(pair.child);
  const removal = same ? removalEdit(project, withAmpersand(project, pair.reference.range)) : undefined;
  return {
    code: "duplicate-subsection",
    severity: same ? "warning" : "error",
    range: pair.reference.range,
    message: same
      ? `${pair.child.symbol} is listed twice: it is saved and loaded twice.`
      : `"${name}" is also the name of ${before.child.symbol}, which comes first: what ${pair.child.symbol} saves is loaded by ${before.child.symbol}.`,
    related: [
      { range: memberRange(pair.child, "name"), message: `${pair.child.symbol} is named here` },
      { range: memberRange(before.child, "name"), message: `${before.child.symbol} is named here` },
    ],
    fixes: removal === undefined ? [] : [{ title: "List it once", edits: [removal] }],
  };
}

/** Without `.needed` a subsection is sent always, so that a destination without it refuses every stream. */
export const subsectionAlwaysSent: Rule = {
  code: "subsection-always-sent",
  summary: "A subsection has no needed function.",
  *check({ project, descriptions }) {
    for (const parent of descriptions) {
      for (const { reference, child } of subsectionsOf(project, parent)) {
        if ((child.hooks.needed ?? reference.needed) !== undefined || child.unknowns.length > 0) continue;
        yield {
          code: "subsection-always-sent",
          severity: "information",
          range: reference.range,
          message: `${child.symbol} has no .needed: it is always sent, and a QEMU that does not know it refuses the stream.`,
          related: [{ range: child.nameRange, message: child.symbol }],
          fixes: [],
        };
      }
    }
  },
};

/**
 * A nested struct as the last thing before the parent's subsections looks for its own first: vmstate_subsection_load
 * takes every name that begins with the nested description's, and fails on those it does not know.
 */
export const subsectionStolen: Rule = {
  code: "subsection-stolen",
  summary: "A nested description takes its parent's subsection for its own.",
  *check({ project, descriptions }) {
    for (const parent of descriptions) {
      const last = parent.fields.at(-1);
      if (last === undefined || !has(last, "STRUCT", "VSTRUCT") || isUnmigratable(parent)) continue;
      const nested = nestedOf(project, last);
      if (!nested?.name.known || nested.unknowns.length > 0) continue;
      const prefix = nested.name.value;
      const own = new Set(subsectionsOf(project, nested).map(({ child }) => nameOf(child)));
      for (const { reference, child } of subsectionsOf(project, parent)) {
        if (!child.name.known || !child.name.value.startsWith(prefix) || child.name.value.length === prefix.length)
          continue;
        if (own.has(child.name.value)) continue;
        yield {
          code: "subsection-stolen",
          severity: "error",
          range: reference.range,
          message: `"${child.name.value}" follows ${nested.symbol} ("${prefix}") in the stream, which takes it for its own by its name, does not know it, and refuses the stream.`,
          related: [{ range: last.range, message: `${nested.symbol} is loaded last here` }],
          fixes: [],
        };
      }
    }
  },
};
