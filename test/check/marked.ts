/** C with marks: a comment `// ^ code` says that a finding of that code covers the place above its caret. */
import { diagnoseFile } from "../../core/check";
import { treeOf } from "../tree";

const path = "hw/demo/device.c";
const prologue = `#include "migration/vmstate.h"\n`;

export interface Marked {
  /** `line:column code`, counted from 1 in the text given; a finding stands at the mark that it covers. */
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

/** Findings of one code in a file of a small tree, beside the marks in it. */
export function marked(code: string, text: string): Marked {
  const source = prologue + text;
  const offsets: { readonly offset: number; readonly shown: string }[] = [];
  let start = prologue.length;
  let above = start;
  for (const [index, line] of text.split("\n").entries()) {
    const mark = /^\s*\/\/\s*\^\s*([a-z0-9-]+)\s*$/.exec(line);
    if (mark === null) above = start;
    else if (mark[1] === code) {
      const column = line.indexOf("^");
      offsets.push({ offset: above + column, shown: `${index}:${column + 1} ${code}` });
    }
    start += line.length + 1;
  }
  const findings = diagnoseFile(treeOf({ [path]: source }), path).filter((each) => each.code === code);
  return {
    expected: offsets.map(({ shown }) => shown),
    found: findings.map(({ range }) => {
      const at = offsets.find(({ offset }) => range.start <= offset && offset < range.end);
      return at?.shown ?? `unmarked: ${source.slice(range.start, range.end)}`;
    }),
  };
}
