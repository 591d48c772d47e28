import type { FileFacts } from "../../../c/facts";
import { type Initialiser, parseInitialiser, spell } from "../../../c/initialiser";
import { lex } from "../../../c/lex";
import { readQuoted } from "../../../c/literal";
import type { SourceRange } from "../../../c/range";
import type { Token } from "../../../c/token";
import { isName } from "../../../c/words";
import { namedSymbol } from "../../../vmstate/constants";
import type { VMStateDescription } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { stateStructs, strayFields, structNamed, unrelated } from "../../../project/stateTypes";
import { nameOf } from "../../tables";
import { type Finding, rule } from "../../rule";
import { instanceOwner } from "../../instanceOwner";

/** A device's description is handed the device itself (qdev_realize in hw/core/qdev.c). */
export const stateTypeMismatch = rule({
  code: "state-type-mismatch",
  group: "fields",
  severity: "error",
  default: "on",
  whenSent: true,
  byFile: true,
  title: "Description of another struct",
  summary:
    "A description of one struct is registered for a device of another, or a field is a member of another struct.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const types = descriptionRoles(project).registered.get(descriptionKey(description))?.types ?? [];
      const owners = [...typeOwners(project, types), ...tableOwners(project, description)];
      const [main, ...others] = stateStructs(description);
      if (main === undefined) continue;
      const whole = mismatch(project, description, main, owners);
      if (whole !== undefined) {
        yield whole;
        continue;
      }
      const strays = strayFields(project, description);
      for (const { member, range } of strays) {
        yield {
          range,
          message: `${member?.path} is a member of ${member?.structName}, and the other fields of ${nameOf(description)} are those of ${main}: saving reads, and loading overwrites, what lies at its place in a ${main}.`,
          related: [],
        };
      }
      if (strays.length > 0) continue;
      const finding = firstDefined(others, (name) => mismatch(project, description, name, owners));
      if (finding !== undefined) yield finding;
    }
  },
});

function firstDefined<T, R>(items: readonly T[], map: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const made = map(item);
    if (made !== undefined) return made;
  }
  return undefined;
}

/** What hands itself to a description. */
interface Owner {
  readonly name: string;
  readonly instanceStruct: string;
  readonly range: SourceRange;
}

function typeOwners(project: Project, types: readonly string[]): readonly Owner[] {
  return types.flatMap((name) => {
    const owner = project.type(name)?.abstract === false ? instanceOwner(project, name) : undefined;
    return owner?.instanceStruct === undefined
      ? []
      : [{ name, instanceStruct: owner.instanceStruct, range: owner.range }];
  });
}

/** Before QOM, a device was a table: `.qdev.size = sizeof(T), .qdev.vmsd = &x`. */
function tableOwners(project: Project, { symbol, file }: VMStateDescription): readonly Owner[] {
  const facts = project.facts(file);
  if (facts === undefined) return [];
  let owners = ownersByTable.get(facts);
  if (owners === undefined) {
    owners = readTableOwners(facts, project.text(file) ?? "");
    ownersByTable.set(facts, owners);
  }
  return owners.get(symbol) ?? [];
}

const ownersByTable = new WeakMap<FileFacts, ReadonlyMap<string, readonly Owner[]>>();

function readTableOwners(facts: FileFacts, text: string): ReadonlyMap<string, readonly Owner[]> {
  const owners = new Map<string, Owner[]>();
  if (!text.includes(".size") || !text.includes("vmsd")) return owners;
  for (const declaration of facts.declarations) {
    if (declaration.kind !== "variable" || !declaration.typeName.endsWith("Info")) continue;
    const tokens = lex(text, facts.path, declaration.initStart, declaration.initEnd);
    const set = membersSet(tokens);
    const size = set.get("size");
    const isSizeof =
      size !== undefined && tokens[size.start]?.text === "sizeof" && tokens[size.start + 1]?.text === "(";
    const instanceStruct = isSizeof ? spell(tokens, size.start + 2, size.end - 1) : "";
    if (!instanceStruct.split(" ").every(isName)) continue;
    const written = set.get("name");
    const literal = written && tokens[written.start];
    const name = literal?.kind === "string" ? readQuoted(literal.text) : declaration.name;
    const { nameStart } = declaration;
    const range = { file: facts.path, start: nameStart, end: nameStart + declaration.name.length };
    const table = set.get("vmsd");
    const symbol = table && namedSymbol(tokens, table.start, table.end)?.text;
    if (symbol === undefined) continue;
    owners.set(symbol, [...(owners.get(symbol) ?? []), { name, instanceStruct, range }]);
  }
  return owners;
}

/** By its last name, what each member is set to: `size` for `.qdev.size`, and for `.qdev = { .size = … }`. */
function membersSet(tokens: readonly Token[]): ReadonlyMap<string, Initialiser> {
  const found = new Map<string, Initialiser>();
  const pending = [parseInitialiser(tokens, 0, tokens.length)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { designators, value } of next.kind === "list" ? next.elements : []) {
      const name = designators.at(-1);
      if (value.kind === "list") pending.push(value);
      else if (name !== undefined) found.set(name, value);
    }
  }
  return found;
}

function mismatch(
  project: Project,
  description: VMStateDescription,
  structName: string,
  owners: readonly Owner[],
): Finding | undefined {
  const wrong = owners.filter(({ instanceStruct, range }) => {
    if (instanceStruct === structName) return false;
    const instance = structNamed(project, instanceStruct, range.file);
    return unrelated(project, instance, structNamed(project, structName, description.file));
  });
  const [first, ...others] = wrong;
  if (first === undefined) return undefined;
  const also = others.length === 0 ? "" : ` (as ${others.map(({ name }) => name).join(", ")} does)`;
  return {
    range: description.nameRange,
    message: `${nameOf(description)} holds fields of ${structName}, but ${first.name} hands it a ${first.instanceStruct}${also}: other members are saved and overwritten than those named.`,
    related: wrong.map(({ name, instanceStruct, range }) => ({ range, message: `${name} is a ${instanceStruct}` })),
  };
}
