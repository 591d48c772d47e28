/** -global: what devices of a type, and of all that descend from it, have where -device does not say otherwise. */
import type { Project } from "../project/project";
import { isA } from "./traits";

export interface GlobalProperty {
  /** QOM type; an alias that -device takes is none. */
  readonly driver: string;
  readonly property: string;
  readonly value: string;
}

type Properties = ReadonlyMap<string, string>;

/** `DRIVER.PROPERTY=VALUE`; undefined where it is not of that form. Follows qemu_global_option. */
export function parseGlobal(text: string): GlobalProperty | undefined {
  const equals = text.indexOf("=");
  const dot = text.indexOf(".");
  if (dot < 1 || equals <= dot + 1) return undefined;
  return { driver: text.slice(0, dot), property: text.slice(dot + 1, equals), value: text.slice(equals + 1) };
}

/** A device's properties with those that are given to its type, the last of them first. */
export function withGlobals(
  project: Project,
  globals: readonly GlobalProperty[],
  type: string,
  own: Properties,
): Properties {
  const given = globals.filter(({ driver }) => isA(project, type, driver));
  if (given.length === 0) return own;
  return new Map([...given.map(({ property, value }) => [property, value] as const), ...own]);
}

/** What is said of those that no device has. */
export function unusedGlobals(
  project: Project,
  globals: readonly GlobalProperty[],
  types: Iterable<string>,
): readonly string[] {
  const made = new Set(types);
  return globals.flatMap(({ driver, property, value }) => {
    const text = `-global ${driver}.${property}=${value}`;
    if (project.type(driver) === undefined) return [`${text}: no type ${driver} was read from the tree; it is ignored`];
    if (isA(project, driver, "cpu")) return [`${text}: what processors are is not simulated; it is ignored`];
    return [...made].some((type) => isA(project, type, driver)) ? [] : [`${text}: no device here is a ${driver}`];
  });
}
