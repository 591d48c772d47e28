/** Rules about version numbers inside one tree. */
import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import { cachedByRevision } from "../../../project/cache";
import type { Diagnostic, QuickFix } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { descriptionKey } from "../../../code/registered";
import {
  containerOf,
  fieldName,
  has,
  isUnmigratable,
  member,
  memberRange,
  nameOf,
  nestedOf,
  setNumberFix,
  textAt,
} from "../../tables";
import type { Rule } from "../../rule";

/** vmstate_load_state refuses what is older than the minimum, so also what this very tree saves. */
export const minimumAboveVersion: Rule = {
  code: "minimum-above-version",
  summary: "A description refuses the version that it saves itself.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const { versionId, minimumVersionId } = description;
      if (!versionId.known || !minimumVersionId.known || minimumVersionId.value <= versionId.value) continue;
      if (isUnmigratable(description)) continue;
      const [minimum, version] = [minimumVersionId.value, versionId.value];
      yield {
        code: "minimum-above-version",
        severity: "error",
        range: memberRange(description, "minimum_version_id"),
        message: `${nameOf(description)} saves version ${version} but accepts ${minimum} and later only: no stream of this tree can be loaded.`,
        related: [],
        fixes: setNumberFix(
          project,
          description,
          "minimum_version_id",
          version,
          `Set .minimum_version_id = ${version}`,
        ),
      };
    }
  },
};

/** Highest version at which each description is saved: its own, or what VMS_VSTRUCT fields ask for. */
const savedVersions = cachedByRevision((project): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const parent of project.descriptions()) {
    for (const field of parent.fields) {
      if (!has(field, "VSTRUCT")) continue;
      const nested = nestedOf(project, field);
      if (nested === undefined) continue;
      const asked = field.structVersionId.known ? field.structVersionId.value : Number.MAX_SAFE_INTEGER;
      const key = descriptionKey(nested);
      found.set(key, Math.max(asked, found.get(key) ?? 0));
    }
  }
  return found;
});

/** vmstate_field_exists compares the field's version with the one that is saved. */
export const fieldNeverSent: Rule = {
  code: "field-never-sent",
  summary: "A field of a version that its description never reaches.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const { versionId } = description;
      if (!versionId.known || isUnmigratable(description)) continue;
      for (const field of description.fields) {
        if (field.fieldExists !== undefined || !field.versionId.known) continue;
        if (field.versionId.value <= versionId.value || field.info?.symbol === "vmstate_info_unused_buffer") continue;
        if (field.versionId.value <= (savedVersions(project).get(descriptionKey(description)) ?? 0)) continue;
        yield neverSent(project, description, field, field.versionId.value, versionId.value);
      }
    }
  },
};

function neverSent(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
  needed: number,
  version: number,
): Diagnostic {
  return {
    code: "field-never-sent",
    severity: "error",
    range: field.range,
    message: `${fieldName(field)} is neither saved nor loaded: it is there from version ${needed} on, and ${nameOf(description)} is at version ${version}.`,
    related: [{ range: memberRange(description, "version_id"), message: `version ${version}` }],
    fixes: setNumberFix(project, description, "version_id", needed, `Set .version_id = ${needed}`),
  };
}

/** vmstate_field_exists asks the function and nothing else, where there is one. */
export const versionIgnored: Rule = {
  code: "version-ignored",
  summary: "A field's version has no effect because a function decides.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        if (field.fieldExists === undefined || !field.versionId.known || field.versionId.value === 0) continue;
        // lists and VMStateInfo get functions read the field's version themselves
        if (containerOf(field) !== undefined) continue;
        yield {
          code: "version-ignored",
          severity: "information",
          range: field.range,
          message: `Version ${field.versionId.value} of ${fieldName(field)} has no effect: ${field.fieldExists.name} alone decides whether it is there.`,
          related: [],
          fixes: withoutVersion(project, field, field.versionId.value),
        };
      }
    }
  },
};

/** More than any field macro takes. */
const mostArguments = 16;

/** Where one argument of the macro is the version and nothing else, by what the macro makes of it. */
function withoutVersion(project: Project, field: VMStateField, version: number): readonly QuickFix[] {
  const text = textAt(project, field.range) ?? "";
  const scope = project.scope(field.range.file);
  const expanded = (invocation: string): string =>
    scope
      .expandText(invocation)
      .map((token) => token.text)
      .join(" ");
  const wanted = expanded(text).replace(new RegExp(`(\\. version_id = (?:\\( )*)${version}\\b`), "$10");
  const places = [...text.matchAll(new RegExp(`(?<=,\\s*)${version}(?=\\s*[,)])`, "g"))];
  for (const { index } of places.slice(0, mostArguments)) {
    const end = index + String(version).length;
    if (expanded(`${text.slice(0, index)}0${text.slice(end)}`) !== wanted) continue;
    const range = { ...field.range, start: field.range.start + index, end: field.range.start + end };
    return [{ title: "Write version 0, which says the same", edits: [{ range, text: "0" }] }];
  }
  return [];
}

/** get_tmp, get_qtailq, get_qlist and get_gtree load by the field's version, their put functions save the description's. */
export const innerVersionMismatch: Rule = {
  code: "inner-version-mismatch",
  summary: "Elements are saved at one version and loaded at another.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const finding = mismatch(project, field);
        if (finding) yield finding;
      }
    }
  },
};

function mismatch(project: Project, field: VMStateField): Diagnostic | undefined {
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

function report(field: VMStateField, inner: VMStateDescription, text: string): Diagnostic {
  return {
    code: "inner-version-mismatch",
    severity: "error",
    range: field.range,
    message: `${fieldName(field)} ${text}`,
    related: [{ range: memberRange(inner, "version_id"), message: `versions of ${inner.symbol}` }],
    fixes: [],
  };
}

/** The number that a stream carries must mean one layout for ever; a size is another one in each build. */
export const versionFromSize: Rule = {
  code: "version-from-size",
  summary: "A description's version is the size of something.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const set = ["version_id", "minimum_version_id"].flatMap((name) => member(description, name) ?? []);
      const sized = set.find(({ range }) => /\bsizeof\b/.test(textAt(project, range) ?? ""));
      if (sized === undefined) continue;
      yield {
        code: "version-from-size",
        severity: "warning",
        range: sized.range,
        message: `The version of ${nameOf(description)} is a size: it changes with the struct and with the host it is built for, and each build refuses the others' streams. Write a number; one above all sizes so far lets older streams in.`,
        related: [],
        fixes: [],
      };
    }
  },
};
