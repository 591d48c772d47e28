import { callsOf } from "../../../c/body/calls";
import { type Interval, joined, within } from "../../../c/body/interval";
import type { Expression } from "../../../c/syntax";
import { givenByStream } from "../../../code/streamReads";
import { bodyOf, rangesIn, typesIn } from "../../../project/bodies";
import { isNamed } from "../../../code/valueFlow";
import type { FunctionReference, MemberReference, VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { typeOfMember } from "../../../project/stateTypes";
import { versionNeverReached } from "../../neverSent";
import { fieldName, has } from "../../tables";
import { type Finding, rule } from "../../rule";
import { countOf, isCounted, same } from "../../counted";
import { leftBy, streamedBy, Watch } from "../../streamed";
import { plainIntegers } from "../../plainIntegers";

/** vmstate_n_elems reads the count from the state, which holds what the stream said by then. */
export const countUnchecked = rule({
  code: "count-unchecked",
  group: "untrusted",
  severity: "warning",
  default: "on",
  whenSent: true,
  byFile: true,
  title: "Count from the stream, unchecked",
  summary: "The stream says how many elements or bytes are loaded to where there is room for a fixed number.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const [index, field] of description.fields.entries()) {
        const count = streamCount(project, description, index);
        const range = count && loadedCount(project, description, count);
        if (count === undefined || range === undefined) continue;
        const finding = belowZero(project, field, count, range) ?? unchecked(project, description, field, count, range);
        if (finding) yield finding;
      }
    }
  },
});

/** A number that is loaded before the array. */
interface Count {
  readonly field: VMStateField;
  /** Tests that a load runs between the two, and that refuse it. */
  readonly tests: readonly FunctionReference[];
}

function streamCount(project: Project, description: VMStateDescription, index: number): Count | undefined {
  const array = description.fields[index];
  const isLoaded = (field: VMStateField): boolean => versionNeverReached(project, description, field) === undefined;
  const count = array && countOf(array);
  if (array === undefined || count === undefined || !isLoaded(array)) return undefined;
  const own = array.fieldExists && project.function(array.fieldExists.name, description.file);
  // loaded where its count fits
  if (own !== undefined && isNamed(project, own, nameIn(count))) return undefined;
  const tests: FunctionReference[] = [];
  for (const field of description.fields.slice(0, index).toReversed()) {
    if (!isLoaded(field)) continue;
    if (same(field.member, count)) return { field, tests };
    if (!has(field, "MUST_EXIST")) continue;
    // another rule's
    if (field.fieldExists === undefined) return undefined;
    tests.push(field.fieldExists);
  }
  return undefined;
}

function nameIn({ path }: MemberReference): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

interface Loaded extends Interval {
  /** A test between the two leaves less than the stream can hold. */
  readonly isHeld: boolean;
}

/** What the stream can leave in the count when the array's turn comes; undefined where that is not known. */
function loadedCount(project: Project, description: VMStateDescription, { field, tests }: Count): Loaded | undefined {
  const streamed = streamedBy(project, description.file, field);
  if (streamed === undefined || field.info === undefined) return undefined;
  const read = plainIntegers.has(field.info.symbol) ? streamed.range : storedBy(project, field.info);
  if (read === undefined) return undefined;
  const watch = new Watch(project, streamed, read);
  if (tests.some(({ name }) => isDoneElsewhere(project, name, description.file))) return undefined;
  const range = tests.reduce(
    (left, { name }) => within(left, leftBy(project, watch, name, description.file, "whenTrue")),
    read,
  );
  return { ...range, isHeld: range.max < read.max };
}

/** Whether the test hands a struct to a function that the tree has no text of. */
function isDoneElsewhere(project: Project, name: string, file: string): boolean {
  const fn = project.function(name, file);
  if (fn === undefined) return false;
  const types = typesIn(project, fn);
  const isStruct = (node: Expression): boolean => {
    const type = types.typeOf(node);
    return type.kind === "pointer" && type.target().kind === "record";
  };
  return callsOf(bodyOf(project, fn)).some(
    (call) => project.function(call.name, fn.file) === undefined && call.node.arguments.some(isStruct),
  );
}

/** What the get function of an info puts where it is told to; undefined where it keeps what is there. */
function storedBy(project: Project, info: NonNullable<VMStateField["info"]>): Interval | undefined {
  const get = project.info(info.symbol, info.range.file)?.get;
  const fn = get && project.function(get.name, get.range.file);
  let stored: Interval | undefined;
  if (fn === undefined) return undefined;
  const question = { seed: () => undefined, given: givenByStream };
  rangesIn(project, fn, question, {
    expression(node, point) {
      const isStore = node.kind === "binary" && node.operator === "=" && node.left.kind === "unary";
      if (!isStore) return;
      const value = point.rangeOf(node.right);
      stored = stored === undefined ? value : joined(stored, value);
    },
  });
  return stored;
}

/** A check against what the destination has; the loop of vmstate_load_state makes no round for a negative count. */
function belowZero(
  project: Project,
  field: VMStateField,
  { field: count }: Count,
  { min, vagueMin, vagueMax }: Interval,
): Finding | undefined {
  if (min >= 0 || vagueMin || !vagueMax || count.info === undefined) return undefined;
  const get = project.info(count.info.symbol, count.info.range.file)?.get;
  if (get === undefined) return undefined;
  return {
    range: field.range,
    message: `The stream sets ${count.member?.path ?? "the count"} to anything that is not larger than the destination's own, negative numbers too: then nothing is loaded into ${fieldName(field)}, and code goes by a count below zero. Let ${get.name} refuse what is below zero.`,
    related: [{ range: count.range, message: "the count is loaded here" }],
  };
}

function unchecked(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
  { field: count }: Count,
  { max, vagueMax, isHeld }: Loaded,
): Finding | undefined {
  if (field.member === undefined || count.member === undefined || has(field, "ALLOC") || has(count, "POINTER")) {
    return undefined;
  }
  if (vagueMax) return undefined;
  if (has(field, "POINTER")) return isHeld ? undefined : beyondAllocation(field, count, count.member.path);
  const array = typeOfMember(project, field.member, description.file);
  if (array.kind !== "array" || array.length === undefined || !array.length.known) return undefined;
  const length = array.length.value;
  // of an array of arrays the length of the outer one
  const times = array.element.kind === "array" ? 1 : factorOf(field);
  if (times === undefined || max * times <= length) return undefined;
  return {
    range: field.range,
    message: `The stream sets ${count.member.path}, and ${times === 1 ? "as many" : `${times} times as many`} elements are loaded into ${fieldName(field)}, which has ${length}: a corrupt or hostile stream, and only that, writes beyond it. Put a VMSTATE_VALIDATE between them.`,
    related: [{ range: count.range, message: "the count is loaded here" }],
  };
}

/** Elements for each that the count says (VMS_MULTIPLY_ELEMENTS); undefined where that is not known. */
function factorOf(field: VMStateField): number | undefined {
  if (!has(field, "MULTIPLY_ELEMENTS")) return 1;
  return field.num.known ? field.num.value : undefined;
}

/** The pointer leads to what the destination has allocated for its own number. */
function beyondAllocation(field: VMStateField, count: VMStateField, path: string): Finding {
  return {
    range: field.range,
    message: `The stream sets ${path}, and ${has(field, "MULTIPLY") ? "a multiple of it in" : "as many"} ${isCounted(field) ? "elements" : "bytes"} are loaded to where ${fieldName(field)} points, whatever was allocated there: a corrupt stream, or one of a device that was configured larger, writes beyond it. Compare it with what there is: _EQUAL, or a VMSTATE_VALIDATE between them.`,
    related: [{ range: count.range, message: "the count is loaded here" }],
  };
}
