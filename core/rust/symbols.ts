import { type RustType, typeText } from "./types";

/** What a description is called in messages and looked up by: `VMSTATE_HPET`, `PL011Registers::VMSD`. */
export function symbolOf(name: string, owner: RustType | undefined): string {
  return owner === undefined ? name : `${typeText(owner)}::${name}`;
}
