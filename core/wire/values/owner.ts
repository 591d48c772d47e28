/** What is known of the device that a section belongs to, by the slots of its class. */

/** A member of a class struct: `save` of VirtioDeviceClass. structName is empty where the variable's type is not seen. */
export interface SlotName {
  readonly structName: string;
  readonly slot: string;
}

export interface SlotFunction {
  readonly name: string;
  readonly file: string;
}

export interface SlotDescription {
  readonly symbol: string;
  readonly file: string;
}

/** What is known of the device that a section belongs to. */
export interface PutOwner {
  /** undefined: the owner is not of that class; empty: it is, and has nothing in the slot. */
  slotFunctions(slot: SlotName): readonly SlotFunction[] | undefined;
  slotDescriptions(slot: SlotName): readonly SlotDescription[] | undefined;
  /** A number or truth that the class has in a slot which is no function; undefined where that is not known. */
  slotValue?(slot: SlotName): bigint | undefined;
}
