import { sizeOf } from "../../../c/layout";
import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { typeOfMember } from "../../../project/stateTypes";
import { versionNeverReached } from "../../neverSent";
import { fieldName, has } from "../../tables";
import { type Finding, rule } from "../../rule";
import { isCounted, same } from "../../counted";

/** vmstate_n_elems reads the count from the state, which holds what the stream said by then. */
export const countUnchecked = rule({
  code: "count-unchecked",
  group: "untrusted",
  severity: "warning",
  default: "on",
  title: "Count from the stream, unchecked",
  summary: "The stream says how many elements are loaded into an array of fixed length.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const [index, field] of description.fields.entries()) {
        const count = isCounted(field) ? streamCount(project, description, index) : undefined;
        const finding = count && (belowZero(project, field, count) ?? unchecked(project, description, field, count));
        if (finding) yield finding;
      }
    }
  },
});

/** The field that loads the count before the array, with nothing between that refuses a bad one. */
function streamCount(project: Project, description: VMStateDescription, index: number): VMStateField | undefined {
  const array = description.fields[index];
  const isLoaded = (field: VMStateField): boolean => versionNeverReached(project, description, field) === undefined;
  if (array === undefined || !isLoaded(array)) return undefined;
  for (let i = index - 1; i >= 0; i--) {
    const field = description.fields[i];
    if (field === undefined) return undefined;
    if (!isLoaded(field)) continue;
    if (has(field, "MUST_EXIST")) return undefined;
    if (!same(field.member, array.numMember)) continue;
    return /_equal$|positive|unused/.test(field.info?.symbol ?? "") ? undefined : field;
  }
  return undefined;
}

const atMost = /_le$/;

/** `_LE` compares with what the destination has; the loop of vmstate_load_state makes no round for a negative count. */
function belowZero(project: Project, field: VMStateField, count: VMStateField): Finding | undefined {
  const info = atMost.test(count.info?.symbol ?? "") ? count.info : undefined;
  const get = info === undefined ? undefined : project.info(info.symbol, info.range.file)?.get;
  const found = get === undefined ? undefined : project.function(get.name, get.range.file);
  if (info === undefined || found === undefined || !/^vmstate_info_int/.test(info.symbol)) return undefined;
  const { bodyStart, bodyEnd } = found.definition;
  const body = (project.text(found.file) ?? "").slice(bodyStart, bodyEnd);
  if (/(?:>=|<|>|<=)\s*-?[01]\b|\bunsigned\b|\(uint/.test(body)) return undefined;
  return {
    range: field.range,
    message: `The stream sets ${count.member?.path ?? "the count"} to anything that is not larger than the destination's own, negative numbers too: then nothing is loaded into ${fieldName(field)}, and code goes by a count below zero. Let ${get?.name ?? "its check"} refuse what is below zero.`,
    related: [{ range: count.range, message: "the count is loaded here" }],
  };
}

function unchecked(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
  count: VMStateField,
): Finding | undefined {
  if (atMost.test(count.info?.symbol ?? "")) return undefined;
  if (field.member === undefined || count.member === undefined || has(field, "ALLOC") || has(count, "POINTER")) {
    return undefined;
  }
  if (has(field, "POINTER")) return beyondAllocation(field, count, count.member.path);
  const array = typeOfMember(project, field.member, description.file);
  if (array.kind !== "array" || array.length === undefined || !array.length.known) return undefined;
  const bytes = sizeOf(project.ctypes(), typeOfMember(project, count.member, description.file));
  const length = array.length.value;
  if (!bytes.known || 2 ** (8 * bytes.value) - 1 <= length) return undefined;
  return {
    range: field.range,
    message: `The stream sets ${count.member.path}, and as many elements are loaded into ${fieldName(field)}, which has ${length}: a bad stream writes beyond it. Put a VMSTATE_VALIDATE between them.`,
    related: [{ range: count.range, message: "the count is loaded here" }],
  };
}

/** The pointer leads to what the destination has allocated for its own number. */
function beyondAllocation(field: VMStateField, count: VMStateField, path: string): Finding {
  return {
    range: field.range,
    message: `The stream sets ${path}, and as many elements are loaded to where ${fieldName(field)} points, whatever was allocated there: a bad stream writes beyond it. Compare it with what there is: _EQUAL, or a VMSTATE_VALIDATE between them.`,
    related: [{ range: count.range, message: "the count is loaded here" }],
  };
}
