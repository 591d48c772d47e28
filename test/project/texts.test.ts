import { describe, expect, it } from "vitest";
import { createTexts, type Texts } from "../../core/project/texts";

const schema = "{ 'enum': 'DemoMode', 'data': ['slow', 'fast'] }\n";

function textsOf(files: Record<string, string>): { texts: Texts; reads: string[] } {
  const reads: string[] = [];
  const read = (path: string): string | undefined => {
    reads.push(path);
    return files[path];
  };
  return { texts: createTexts({ paths: () => Object.keys(files), read }), reads };
}

describe("texts of a tree", () => {
  it("are read once while they are used", () => {
    const { texts, reads } = textsOf({ "a.c": "int a;" });
    expect([texts.get("a.c"), texts.get("a.c")]).toEqual(["int a;", "int a;"]);
    expect(reads).toEqual(["a.c"]);
  });

  it("are those that were laid over them, until these are taken away", () => {
    const { texts } = textsOf({ "a.c": "int a;" });
    texts.get("a.c");
    texts.lay("a.c", "int b;");
    expect([texts.get("a.c"), texts.anew("a.c"), texts.laid("a.c")]).toEqual(["int b;", "int b;", "int b;"]);
    texts.keep("a.c", "int kept;");
    texts.lay("a.c", undefined);
    expect([texts.get("a.c"), texts.laid("a.c")]).toEqual(["int a;", undefined]);
  });

  it("of a look at every file push out nothing that is kept", () => {
    const { texts, reads } = textsOf({ "a.c": "int a;" });
    texts.anew("a.c");
    texts.get("a.c");
    expect(reads).toEqual(["a.c", "a.c"]);
  });

  it("of QAPI's headers come from their schemas, also from an edited one", () => {
    const { texts } = textsOf({ "qapi/demo.json": schema });
    const header = "qapi/qapi-types-demo.h";
    expect(texts.get(header)).toContain("DEMO_MODE_FAST");
    expect(texts.anew(header)).toBe(texts.get(header));
    texts.lay("qapi/demo.json", schema.replace("'fast'", "'quick'"));
    expect(texts.get(header)).toContain("DEMO_MODE_QUICK");
  });

  it("of no file are not asked for", () => {
    const { texts, reads } = textsOf({});
    expect([texts.get(""), reads]).toEqual([undefined, []]);
  });
});
