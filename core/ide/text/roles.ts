/** What an argument of a field macro is for. */
import type { ArgumentRole } from "../../project/macroRoles";

export const roleTexts: Readonly<Record<ArgumentRole, string>> = {
  member: "member of the state struct that is sent",
  struct: "the state struct",
  type: "C type of one element",
  description: "VMStateDescription of the nested struct",
  info: "VMStateInfo that writes and reads an element",
  predicate: "bool f(void *opaque, int version_id): whether the field is there",
  version: "version of the table since which the field is there",
  count: "number of elements",
  size: "bytes",
  start: "first byte",
  countMember: "member that holds the count; it must be loaded earlier or be fixed",
  hint: "text for the error message",
  other: "",
};
