import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { containerOf, fieldName, has, memberRange, nameOf, nestedOf } from "../../tables";
import { type Finding, rule } from "../../rule";

/** get_tmp, get_qtailq, get_qlist and get_gtree load by the field's version, their put functions save the description's. */
export const innerVersionMismatch = rule({
  code: "inner-version-mismatch",
  group: "tables",
  severity: "error",
  default: "on",
  byFile: true,
  title: "Inner version mismatch",
  summary: "Elements are saved at one version and loaded at another.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const finding = mismatch(project, field);
        if (finding) yield finding;
      }
    }
  },
});

function mismatch(project: Project, field: VMStateField): Finding | undefined {
  const container = containerOf(field);
  const loaded = has(field, "VSTRUCT") ? field.structVersionId : container === undefined ? undefined : field.versionId;
  const inner = nestedOf(project, field);
  if (!loaded?.known || inner === undefined || !inner.versionId.known || !inner.minimumVersionId.known)
    return undefined;
  const at = loaded.value;
  const name = nameOf(inner);
  const minimum = inner.minimumVersionId.value;
  const saved = has(field, "VSTRUCT") ? at : inner.versionId.value;
  if (at > inner.versionId.value) {
    return report(
      field,
      inner,
      `is loaded as version ${at}, and ${name} is at ${inner.versionId.value}: QEMU refuses it as too new.`,
    );
  }
  if (at < minimum) {
    return report(
      field,
      inner,
      `is loaded as version ${at}, and ${name} accepts ${minimum} and later: QEMU refuses it as too old.`,
    );
  }
  const skipped = inner.fields.find(
    (each) =>
      each.fieldExists === undefined &&
      each.versionId.known &&
      each.versionId.value > at &&
      each.versionId.value <= saved,
  );
  if (skipped === undefined) return undefined;
  return report(
    field,
    inner,
    `is saved as version ${saved} and loaded as version ${at}: ${fieldName(skipped)} of ${name} is sent but not read, and all that follows is read from the wrong place.`,
  );
}

function report(field: VMStateField, inner: VMStateDescription, text: string): Finding {
  return {
    range: field.range,
    message: `${fieldName(field)} ${text}`,
    related: [{ range: memberRange(inner, "version_id"), message: `versions of ${inner.symbol}` }],
  };
}
