/** What the members of a VMStateDescription mean. */
const designators: Readonly<Record<string, string>> = {
  name: "Name of the section in the stream (behind the device's path, where it has one). It must never change.",
  version_id:
    "Version that is written. Raising it makes older QEMUs refuse the stream: a subsection keeps them working.",
  minimum_version_id: "Oldest version that is still read. A stream below it is refused.",
  priority:
    "Level of the table in the order of loading: higher loads first. Read of registered descriptions only, not of nested ones and subsections.",
  unmigratable: "A machine with this device refuses to migrate.",
  early_setup: "Sent when migration begins, before RAM is complete; the device must not change it afterwards.",
  pre_load: "Called before the fields are read. A subsection that is missing from the stream keeps what is set here.",
  post_load:
    "Called when all fields and subsections are read; version_id is that of the stream. Negative refuses the stream.",
  pre_save: "Called before the fields are written, with the machine stopped.",
  post_save: "Called when the fields are written, also after a failure.",
  needed: "Whether the section or subsection is sent. Read for registered descriptions and for subsections only.",
  dev_unplug_pending: "Whether the device waits to be unplugged, which failover waits for.",
  fields: "What is sent, in this order. The list ends with VMSTATE_END_OF_LIST().",
  subsections: "Parts that are sent where their needed says so. A stream with one that is not listed here is refused.",
};

export function designatorText(name: string): string | undefined {
  const key = withoutErrp(name);
  return Object.hasOwn(designators, key) ? designators[key] : undefined;
}

/** The designator of a hook that takes no Error: `post_load` of `post_load_errp`. */
export function withoutErrp(name: string): string {
  return name.endsWith("_errp") ? name.slice(0, -"_errp".length) : name;
}
