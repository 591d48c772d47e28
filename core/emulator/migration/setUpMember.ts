/** Members of the destination's device that a stream does not carry: as its set-up code leaves them. */
import { memberOfDevice } from "../../board";
import type { Project } from "../../project/project";
import { type FieldValue, integer } from "../../wire";
import type { Scope } from "../../wire/values/scope";
import type { WireMember } from "../../wire/values/schema";
import { setUpBoard } from "../keptBoard";
import type { Machine } from "../machine";
import type { Entry } from "../world";

export function setUpMember(
  project: Project,
  machine: Machine,
  entry: Entry,
  { structName, path }: WireMember,
  scope: Scope,
): FieldValue | undefined {
  const place = placeIn(scope, structName, path);
  const board = place && setUpBoard(project, machine);
  const value = board && memberOfDevice(board, entry, place.structName, place.path);
  return value === undefined ? undefined : integer(value);
}

/** From the struct of the section; a struct of another type around the same state is none that the device has. */
function placeIn(
  scope: Scope,
  structName: string,
  path: string,
): { readonly structName: string; readonly path: string } | undefined {
  let own = structName;
  let whole = path;
  for (let at = scope; at.link.kind !== "root"; at = at.link.parent) {
    const around = structOf(at.link.parent);
    if (at.link.kind === "same") {
      if (around !== undefined && around !== own) return undefined;
      continue;
    }
    if (at.link.path === undefined || around === undefined) return undefined;
    own = around;
    whole = `${at.link.path}.${whole}`;
  }
  return { structName: own, path: whole };
}

function structOf({ description }: Scope): string | undefined {
  return description.fields.find(({ member }) => member !== undefined)?.member?.structName;
}
