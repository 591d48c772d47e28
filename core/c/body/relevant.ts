/** Which parts of a function have to do with some values: a walk passes over the rest. */
import type { Body } from "./parse";
import { childrenOf, type Node } from "./walk";

/** All nodes, outer before inner, with the index of what each stands in. */
interface Flat {
  readonly nodes: readonly Node[];
  readonly parents: readonly number[];
}

const known = new WeakMap<Body, Flat>();

function flatten(body: Body): Flat {
  const before = known.get(body);
  if (before !== undefined) return before;
  const nodes: Node[] = [body.block];
  const parents: number[] = [-1];
  // grows while it is walked
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (node === undefined) continue;
    for (const child of childrenOf(node)) {
      nodes.push(child);
      parents.push(i);
    }
  }
  const flat = { nodes, parents };
  known.set(body, flat);
  return flat;
}

/** The nodes in which one of the names stands, or a name that is compared with one. Names as core/c/body/flow.ts has them. Linear. */
export function relevantNodes(body: Body, names: ReadonlySet<string>): ReadonlySet<Node> {
  const flat = flatten(body);
  const wanted = new Set(names);
  addPartners(flat, holding(flat, wanted), wanted);
  const found = holding(flat, wanted);
  addJumps(flat, found);
  return found;
}

/** Statements that may go on elsewhere: to a label, or behind a loop or switch of which a part is asked about. */
function addJumps({ nodes, parents }: Flat, found: Set<Node>): void {
  for (const [i, node] of nodes.entries()) {
    if (node.kind !== "goto" && node.kind !== "break" && node.kind !== "continue") continue;
    for (let k = i; k >= 0; k = parents[k] ?? -1) {
      const at = nodes[k];
      if (at === undefined || found.has(at) || (node.kind !== "goto" && isLeft(at))) break;
      found.add(at);
    }
  }
}

function isLeft({ kind }: Node): boolean {
  return kind === "switch" || kind === "for" || kind === "while" || kind === "do" || kind === "macro";
}

/** The nodes in which a name of the set stands. */
function holding({ nodes, parents }: Flat, names: ReadonlySet<string>): Set<Node> {
  const found = new Set<Node>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (node === undefined || (!found.has(node) && !isNamed(node, names))) continue;
    found.add(node);
    const parent = nodes[parents[i] ?? -1];
    if (parent !== undefined) found.add(parent);
  }
  return found;
}

function isNamed(node: Node, names: ReadonlySet<string>): boolean {
  if (node.kind === "identifier") return names.has(node.name);
  if (node.kind === "member") return names.has(`.${node.name}`);
  return node.kind === "declaration" && node.declarators.some(({ name }) => names.has(name));
}

/** Adds the names that are compared with a name of the set. */
function addPartners({ nodes, parents }: Flat, holds: ReadonlySet<Node>, names: Set<string>): void {
  const inside = new Uint8Array(nodes.length);
  for (const [i, node] of nodes.entries()) {
    const isIn = inside[parents[i] ?? -1] === 1 || (isTogether(node) && holds.has(node));
    if (!isIn) continue;
    inside[i] = 1;
    if (node.kind === "identifier") names.add(node.name);
    else if (node.kind === "member") names.add(`.${node.name}`);
  }
  // `bool isIn = s->at < 16;` is what is asked later
  for (const node of nodes) {
    if (node.kind !== "declaration" || !holds.has(node)) continue;
    for (const { name, value } of node.declarators) if (value?.kind === "binary" && holds.has(value)) names.add(name);
  }
}

function isTogether(node: Node): boolean {
  return node.kind === "binary" && comparisons.has(node.operator);
}

const comparisons: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "==", "!="]);
