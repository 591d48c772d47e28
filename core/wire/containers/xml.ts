/** The elements of XML that a program wrote: no DTD, no namespaces. */

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
}

const deepest = 64;
const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const named = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** The outermost element; undefined where the text is not well-formed. */
export function parseXml(text: string): Element | undefined {
  const open: Open[] = [{ name: "", attributes: new Map(), children: [], text: "" }];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (found === null) return undefined;
    const [, closing, name, attributes = "", empty, content] = found;
    const top = open.at(-1);
    if (top === undefined) return undefined;
    if (content !== undefined) top.text += plain(content);
    else if (name === undefined) continue;
    else if (closing === "/") {
      if (top.name !== name || open.length === 1) return undefined;
      open.pop();
    } else {
      const element: Open = { name, attributes: attributesIn(attributes), children: [], text: "" };
      top.children.push(element);
      if (empty !== "/") open.push(element);
      if (open.length > deepest) return undefined;
    }
  }
  return open.length === 1 ? open[0]?.children[0] : undefined;
}

function attributesIn(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(attribute)].map(([, name = "", double, single]) => [name, plain(double ?? single ?? "")]),
  );
}

function plain(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return named.get(name) ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
