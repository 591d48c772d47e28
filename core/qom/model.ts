/** QOM types as their TypeInfo and class_init say, and the descriptions that come with them. */
import type { SourceRange } from "../c/range";
import type { Value } from "../c/value";
import type { DescriptionReference, FunctionReference } from "../vmstate/model";

export interface QomType {
  readonly name: string;
  readonly parent: string | undefined;
  readonly abstract: boolean;
  readonly interfaces: readonly string[];
  /** Symbol of the TypeInfo (or TypeInfo array), and where. */
  readonly file: string;
  readonly range: SourceRange;
  readonly classInit: FunctionReference | undefined;
  readonly instanceInit: FunctionReference | undefined;
  /** Struct named in `.instance_size = sizeof(X)`. */
  readonly instanceStruct: string | undefined;
  /** Assignments in class_init and what it calls: `dc->realize = f` -> slot "realize" of DeviceClass. */
  readonly classSlots: readonly ClassSlot[];
  /** Descriptions set on the class, own ones only (not inherited). */
  readonly descriptions: readonly ClassDescription[];
  readonly condition: string | undefined;
}

/** `dc->vmsd = &x` */
export interface ClassDescription {
  /** Class struct that holds the slot: `DeviceClass`, `VirtioDeviceClass`, `CPUClass`, `SysemuCPUOps`. */
  readonly classStruct: string;
  readonly slot: string;
  readonly reference: DescriptionReference;
}

export interface ClassSlot {
  /** Declared type of the variable assigned through: `PCIDeviceClass`. Empty where unknown. */
  readonly classStruct: string;
  readonly slot: string;
  readonly value: FunctionReference;
}

/** A call that hands a description to the savevm core: vmstate_register(obj, id, &vmsd, opaque) and its relatives. */
export interface Registration {
  /** Function called: `vmstate_register_any`. */
  readonly callee: string;
  readonly reference: DescriptionReference | undefined;
  /** `register_savevm_live("ram", 0, 4, …)`: its idstr, where the text tells it. */
  readonly idstr: Value<string> | undefined;
  /** Of a live handler: `&savevm_ram_handlers`, or the name of the function that loads. */
  readonly operations: string | undefined;
  /** The VMStateIf whose path the section's name begins with, as written; undefined where the call takes none. */
  readonly owner: string | undefined;
  /** What is saved, as written. */
  readonly opaque: string | undefined;
  /** Text of the instance id argument: `0`, `VMSTATE_INSTANCE_ID_ANY`, `cpu->cpu_index`. */
  readonly instanceId: string | undefined;
  /** Enclosing function. */
  readonly function: string;
  readonly range: SourceRange;
}
