/** Flattened device trees, as libfdt builds and reads them: nodes by number instead of by offset. */
import { store } from "../run/memory";
import { bytesOf, spend } from "../run/meter";
import type { NativeFunction } from "../run/runner";
import { Arr, copied, textAt, Unknown, type Value } from "../run/values";
import { numberOf } from "./arguments";
import { swapped } from "./ram";

interface TreeNode {
  readonly name: string;
  readonly parent: number;
  readonly properties: Map<string, { readonly value: Value; readonly length: Value }>;
}

/** By the memory that a tree lies in. What a file holds has none. */
const trees = new WeakMap<object, TreeNode[]>();

const notFound = -1;
const exists = -2;

function treeOf(blob: Value | undefined): TreeNode[] | undefined {
  return typeof blob === "object" ? trees.get(blob) : undefined;
}

function child(tree: readonly TreeNode[], parent: number, name: string): number {
  spend(tree.length * bytesOf.visit);
  const isWhole = name.includes("@");
  return tree.findIndex(
    (each, k) =>
      k > 0 && each.parent === parent && (each.name === name || (!isWhole && each.name.split("@")[0] === name)),
  );
}

/** A path that begins with the name of another, which the node `aliases` has. */
function wholePath(tree: readonly TreeNode[], path: string): string | undefined {
  if (path.startsWith("/")) return path;
  const [alias = "", ...rest] = path.split("/");
  const aliases = tree[child(tree, 0, "aliases")];
  const of = textAt(aliases?.properties.get(alias)?.value);
  return of === undefined ? undefined : [of, ...rest].join("/");
}

function at(tree: readonly TreeNode[], path: string): number {
  const whole = wholePath(tree, path);
  if (whole === undefined) return notFound;
  let found = 0;
  for (const part of whole.split("/").filter((each) => each !== "")) {
    found = child(tree, found, part);
    if (found === -1) return notFound;
  }
  return found;
}

/** What is asked of a known node of a known tree; otherwise `unknown`. */
const asked =
  (work: (tree: TreeNode[], node: number, values: readonly Value[]) => Value, unknown: Value): NativeFunction =>
  (_runner, values) => {
    const tree = treeOf(values[0]);
    const node = numberOf(values[1]);
    return tree === undefined || node === undefined ? unknown : work(tree, node, values);
  };

const setting = (made: (values: readonly Value[]) => readonly [Value, Value]): NativeFunction =>
  asked((tree, node, values) => {
    const name = textAt(values[2]);
    const [value, length] = made(values);
    spend(bytesOf.member);
    if (name !== undefined) tree[node]?.properties.set(name, { value, length });
    return 0;
  }, 0);

const cell = (bits: 32 | 64): NativeFunction =>
  setting((values) => {
    const made = new Arr(undefined, 1);
    made.set(0, swapped(bits, values[3] ?? 0));
    return [made, bits / 8];
  });

const createTree: NativeFunction = (_runner, [blob]) => {
  if (typeof blob === "object") trees.set(blob, [{ name: "", parent: -1, properties: new Map() }]);
  return 0;
};

const openInto: NativeFunction = (_runner, [from, to]) => {
  const tree = treeOf(from);
  if (tree !== undefined && typeof to === "object") trees.set(to, tree);
  return 0;
};

/** Of those functions that take a length too, the text up to there. */
function nameIn(values: readonly Value[]): string | undefined {
  return textAt(values[2])?.slice(0, numberOf(values[3]));
}

const addNode = asked((tree, node, values) => {
  const name = nameIn(values);
  if (name === undefined) return new Unknown("a node of a device tree");
  if (child(tree, node, name) !== -1) return exists;
  spend(bytesOf.struct);
  return tree.push({ name, parent: node, properties: new Map() }) - 1;
}, 0);

const findNode = asked((tree, node, values) => child(tree, node, nameIn(values) ?? ""), 0);

const get: NativeFunction = (_runner, [blob, node, name, length]) => {
  const tree = treeOf(blob);
  const text = textAt(name);
  const index = numberOf(node);
  if (tree === undefined || text === undefined || index === undefined)
    return new Unknown("a property of a device tree");
  const found = tree[index]?.properties.get(text);
  if (length !== undefined && length !== 0) store(length, found?.length ?? notFound);
  return found?.value ?? 0;
};

const next =
  (isNext: (each: TreeNode, from: TreeNode | undefined, index: number) => boolean) =>
  (tree: readonly TreeNode[], node: number): number => {
    spend(tree.length * bytesOf.visit);
    return tree.findIndex((each, k) => k > node && isNext(each, tree[node], k));
  };

const compatible = (tree: readonly TreeNode[], node: number, wanted: string | undefined): number =>
  next(
    ({ properties }) =>
      textAt(properties.get("compatible")?.value)
        ?.split("\0")
        .includes(wanted ?? "") === true,
  )(tree, node);

export const deviceTreeFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["fdt_create", createTree],
  ["fdt_create_empty_tree", createTree],
  ["fdt_open_into", openInto],
  ["fdt_add_subnode", addNode],
  ["fdt_add_subnode_namelen", addNode],
  [
    "fdt_path_offset",
    (_runner, [blob, path]) => {
      const tree = treeOf(blob);
      const text = textAt(path);
      if (tree === undefined) return 0;
      return text === undefined ? new Unknown("a node of a device tree") : at(tree, text);
    },
  ],
  ["fdt_subnode_offset", findNode],
  ["fdt_subnode_offset_namelen", findNode],
  ["fdt_first_subnode", asked((tree, node) => tree.findIndex((each, k) => k > 0 && each.parent === node), notFound)],
  [
    "fdt_next_subnode",
    asked(
      next((each, from) => each.parent === from?.parent),
      notFound,
    ),
  ],
  [
    "fdt_next_node",
    asked(
      next(() => true),
      notFound,
    ),
  ],
  ["fdt_node_offset_by_compatible", asked((tree, node, values) => compatible(tree, node, textAt(values[2])), notFound)],
  ["fdt_get_name", asked((tree, node) => tree[node]?.name ?? 0, 0)],
  ["fdt_setprop", setting((values) => [copied(values[3] ?? 0), values[4] ?? 0])],
  ["fdt_setprop_string", setting((values) => [values[3] ?? 0, (textAt(values[3])?.length ?? 0) + 1])],
  ["fdt_setprop_cell", cell(32)],
  ["fdt_setprop_u32", cell(32)],
  ["fdt_setprop_u64", cell(64)],
  ["fdt_getprop", get],
  ["fdt_totalsize", () => 4096],
  ["fdt_get_phandle", () => 1],
  ["fdt_strerror", () => "an error of a device tree"],
];
