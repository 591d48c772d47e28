/** One reading of the tree's Rust; thrown away as a whole when a file of it changes. */
import type { SourceRange } from "../c/range";
import type { QomType } from "../qom/model";
import type { DescriptionReference, VMStateDescription } from "../vmstate/model";
import { createAssociatedTypes, match } from "./associated";
import { createFieldBases } from "./base";
import { type DescriptionSite, makerIn, readRustDescription, sitesIn } from "./descriptions";
import { type CSide, createRustEvaluator, type RustEvaluator } from "./evaluate";
import { type FieldReading, rangeOf } from "./fields";
import { createLayouts } from "./layout";
import { crateName, createRustProgram } from "./program";
import { rustTypes } from "./qom";
import { symbolOf } from "./symbols";
import type { RustTexts } from "./texts";
import { type Generics, type Length, noGenerics, parseType, type RustType } from "./types";

export interface RustState {
  files(): Iterable<string>;
  descriptionsIn(path: string): readonly VMStateDescription[];
  description(symbol: string, file: string): VMStateDescription | undefined;
  types(): readonly QomType[];
}

const deepest = 8;

export function openRust(texts: RustTexts, c: CSide): RustState {
  const program = createRustProgram(texts, (name) => associated.derived(name));
  const associated = createAssociatedTypes(program);
  const layouts = createLayouts(program, c, () => evaluator, associated.find);
  const evaluator: RustEvaluator = createRustEvaluator(program, c, layouts.layout);
  const bases = createFieldBases(program, layouts, evaluator);
  const reading: FieldReading = {
    program,
    layouts,
    bases,
    evaluator,
    c,
    reference: (vmsd, range) =>
      vmsd.kind === "c" ? { symbol: vmsd.symbol, range } : reference(vmsd.expression, vmsd.owner, range, 0),
  };
  const sitesByFile = new Map<string, readonly DescriptionSite[]>();
  /** Sites that exist for one type of many, or inside another expression. */
  const instances = new Map<string, DescriptionSite>();
  const read = new Map<DescriptionSite, VMStateDescription>();
  let bySymbol: ReadonlyMap<string, readonly DescriptionSite[]> | undefined;
  let qom: readonly QomType[] | undefined;

  const sitesOf = (path: string): readonly DescriptionSite[] => {
    let sites = sitesByFile.get(path);
    if (sites === undefined) {
      sites = sitesIn(program, path);
      sitesByFile.set(path, sites);
    }
    return sites;
  };

  const describe = (site: DescriptionSite): VMStateDescription => {
    let known = read.get(site);
    if (known === undefined) {
      known = readRustDescription(site, reading);
      read.set(site, known);
    }
    return known;
  };

  const siteOf = (symbol: string, file: string): DescriptionSite | undefined => {
    const instance = instances.get(symbol);
    if (instance !== undefined) return instance;
    if (bySymbol === undefined) {
      const map = new Map<string, DescriptionSite[]>();
      for (const { path } of program.files()) {
        for (const site of sitesOf(path)) {
          const list = map.get(site.symbol);
          if (list === undefined) map.set(site.symbol, [site]);
          else list.push(site);
        }
      }
      bySymbol = map;
    }
    const found = bySymbol.get(symbol) ?? [];
    const near = found.find((site) => site.file === file) ?? found.find((s) => crateName(s.file) === crateName(file));
    return near ?? (found.length === 1 ? found[0] : undefined);
  };

  function reference(
    expression: Length,
    owner: RustType,
    range: SourceRange,
    depth: number,
  ): DescriptionReference | undefined {
    const at = makerIn(program, expression);
    if (at !== undefined) return { symbol: madeAt(at, expression, owner).symbol, range };
    const segments = lastPath(expression);
    const name = segments.at(-1);
    if (name === undefined || depth > deepest) return undefined;
    const self = expression.generics.get("Self");
    const constant = program.constant(segments, expression.file, self);
    // a symbol of C that the bindings bring
    if (constant === undefined) return { symbol: name, range };
    const impl = constant.owner;
    const own = impl !== undefined && segments.at(-2) === "Self" && self !== undefined ? self : impl?.self;
    const generics = impl === undefined ? noGenerics : (match(impl, own ?? impl.self, program) ?? noGenerics);
    const value = { ...constant.value, generics };
    const maker = makerIn(program, value);
    if (maker === undefined) return reference(value, own ?? owner, range, depth + 1);
    const symbol = symbolOf(name, own);
    if (impl !== undefined && impl.generics.length > 0) {
      const nameRange = { file: constant.file, start: constant.nameStart, end: constant.nameStart + name.length };
      const whole = { file: constant.file, start: constant.start, end: constant.end };
      const site = { symbol, file: constant.file, range: whole, nameRange, expression: { ...value, start: maker } };
      if (!instances.has(symbol)) instances.set(symbol, site);
    }
    return { symbol, range };
  }

  const madeAt = (at: number, expression: Length, owner: RustType): DescriptionSite => {
    const known = sitesOf(expression.file).find((site) => site.expression.start === at);
    if (known !== undefined) return known;
    const generics: Generics = new Map<string, RustType>([["Self", owner], ...expression.generics]);
    const place = rangeOf(program, { ...expression, start: at });
    const symbol = symbolOf(`VMSD@${place.start}`, owner);
    const site = {
      symbol,
      file: expression.file,
      range: place,
      nameRange: place,
      expression: { ...expression, start: at, generics },
    };
    if (!instances.has(symbol)) instances.set(symbol, site);
    return site;
  };

  /** `Some(&device_class::VMSTATE_X)`, `addr_of!(*Self::VMSD)`, `X.as_ref()`: the path that is no method or macro. */
  const lastPath = (expression: Length): readonly string[] => {
    const tokens = program.file(expression.file)?.tokens;
    let found: readonly string[] = [];
    for (let k = expression.start; tokens !== undefined && k < expression.end; k++) {
      if (tokens.list[k]?.kind !== "identifier" || tokens.list[k - 1]?.text === ".") continue;
      const { type, next } = parseType(tokens, expression.file, k, expression.end);
      if (
        type.kind === "path" &&
        !/^(?:Some|as)$|^.$/.test(type.segments.at(-1) ?? "") &&
        tokens.list[next]?.text !== "!"
      ) {
        found = type.segments;
      }
      k = Math.max(k, next - 1);
    }
    return found;
  };

  return {
    *files() {
      for (const { path } of program.files()) yield path;
    },
    descriptionsIn: (path) => sitesOf(path).map(describe),
    description(symbol, file) {
      const site = siteOf(symbol, file);
      return site === undefined ? undefined : describe(site);
    },
    types() {
      qom ??= rustTypes({
        program,
        evaluator,
        c,
        reference: (expression, owner, range) => reference(expression, owner, range, 0),
      });
      return qom;
    },
  };
}
