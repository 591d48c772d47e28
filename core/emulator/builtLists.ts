/** Lists that a hook compares with those that the board's own code builds (code/ownLists): what a board sends in them, and takes. */
import { type Board, type HookAnswer, hookAnswer, type Members, mostElements, sentLists } from "../board";
import { bodyOf } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import { type Found, recalled } from "../project/uses";
import { nodesIn } from "../c/body/walk";
import { ownLists } from "../code/ownLists";
import type { VMStateDescription } from "../vmstate/model";
import type { DescriptionState, WireDescription } from "../wire";
import { schemaOf } from "./schemas";

export interface BuiltLists {
  readonly schema: WireDescription;
  readonly structName: string;
  /** The member that counts them, and whether loading wants no more than the destination's own has. */
  readonly count: string;
  readonly isBounded: boolean;
  /** Sent arrays of integers, the one that is compared first. */
  readonly lists: readonly [string, ...string[]];
  /** The hook that compares, and the offset in its file behind which it refuses nothing. */
  readonly hook: string;
  readonly lastRefusal: number;
}

const builtOf = cachedByRevision(() => new Map<VMStateDescription, Found<BuiltLists | undefined>>(), "own");

/** undefined: the table has no such lists. */
export function builtLists(project: Project, description: VMStateDescription): BuiltLists | undefined {
  return recalled(builtOf(project), description, () => readBuilt(project, description));
}

function readBuilt(project: Project, description: VMStateDescription): BuiltLists | undefined {
  const [own] = ownLists(project, description);
  const schema = own && schemaOf(project, description);
  const compared = schema?.fields.find(({ name }) => name === own?.loaded);
  const counted = compared?.count.kind === "member" ? compared.count.member : undefined;
  const located = own && project.function(own.hook, description.file);
  if (own === undefined || schema === undefined || counted === undefined || located === undefined) return undefined;
  const lists = schema.fields.flatMap(({ count, element, member }) => {
    const isCounted = count.kind === "member" && count.member?.path === counted.path;
    return isCounted && element.kind === "integer" && member !== undefined ? [member.path] : [];
  });
  const first = compared?.member?.path;
  if (first === undefined || !lists.includes(first)) return undefined;
  let lastRefusal = -1;
  for (const node of nodesIn(bodyOf(project, located).block)) {
    const isZero = node.kind === "return" && node.value?.kind === "integer" && node.value.value === 0n;
    if (node.kind === "return" && !isZero) lastRefusal = Math.max(lastRefusal, node.start);
  }
  const isBounded = schema.fields.some(
    ({ member, element }) => member?.path === counted.path && element.kind === "integer" && element.check === "le",
  );
  const { structName, path: count } = counted;
  const others = lists.filter((each) => each !== first);
  return { schema, structName, count, isBounded, lists: [first, ...others], hook: own.hook, lastRefusal };
}

interface Section {
  readonly idstr: string;
  readonly instanceId: number;
}

/** What the board sends in them; undefined where that is not known. The board is another one afterwards. */
export function listsSent(board: Board, { idstr, instanceId }: Section, built: BuiltLists): Members | undefined {
  const { structName, count, lists, schema } = built;
  return sentLists(board, { idstr, instanceId, structName }, schema.hooks.pre_save, count, lists);
}

/** What a state has in them; undefined where it has not all of them, or more than are compared. */
export function listsIn({ fields }: DescriptionState, { schema, count, lists }: BuiltLists): Members | undefined {
  const found = new Map<string, bigint | readonly bigint[]>();
  const wanted = new Set<string>(lists);
  let elements = 0;
  for (const { index, value } of fields) {
    const path = schema.fields[index]?.member?.path;
    if (path === count && value.kind === "integer") found.set(path, value.value);
    if (path === undefined || !wanted.has(path) || value.kind !== "array") continue;
    elements += value.elements.length;
    if (elements > mostElements) return undefined;
    found.set(
      path,
      value.elements.flatMap((each) => (each.kind === "integer" ? [each.value] : [])),
    );
  }
  return found.size === lists.length + 1 ? found : undefined;
}

/**
 * Whether `fresh`, a board on which nothing has run, takes such lists. That it refuses them is known only where `used`, the same on which it
 * has been asked for its own, takes those. Both are others afterwards.
 */
export function listsTaken(
  { used, fresh }: { readonly used: Board; readonly fresh: Board },
  { idstr, instanceId }: Section,
  { structName, hook, lastRefusal, schema }: BuiltLists,
  own: Members,
  given: Members,
): HookAnswer {
  const section = { idstr, instanceId, structName };
  const answer = (board: Board, members: Members): HookAnswer =>
    hookAnswer(board, section, hook, schema.versionId, members, lastRefusal);
  const usual = answer(used, own);
  if (usual.kind === "refuses") return { kind: "not known", reason: `${hook}() refuses the board's own lists too` };
  return usual.kind === "takes" ? answer(fresh, given) : usual;
}

const mostShown = 3;

/** `: 0x12 is not in the destination's own` */
export function notIn(given: Members, own: Members, { lists: [first] }: Pick<BuiltLists, "lists">): string {
  const [sent, there] = [given.get(first), own.get(first)];
  if (typeof sent !== "object" || typeof there !== "object") return "";
  const known = new Set(there);
  const missing = sent.flatMap((each) => (each === undefined || known.has(each) ? [] : [`0x${each.toString(16)}`]));
  if (missing.length === 0) return "";
  const shown = missing.slice(0, mostShown).join(", ");
  const more = missing.length > mostShown ? ` and ${missing.length - mostShown} more` : "";
  return `: ${shown}${more} ${missing.length === 1 ? "is" : "are"} not in the destination's own`;
}
