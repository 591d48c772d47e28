/** What may happen to a stream on the way. */
import { type Outcome, success } from "../commandLine";
import { type NamedSection, sectionNamed } from "./reorder";

/**
 * The stream ends before a byte, a byte arrives with all its bits turned over, or the footer of a section is not there;
 * `section` as in Move.
 */
export type Damage =
  | { readonly kind: "cut" | "flip"; readonly at: number }
  | { readonly kind: "footer"; readonly section: string };

interface PlacedSection {
  readonly entry: NamedSection;
  readonly offset: number;
  readonly size: number;
}

/** The mark and the section's id. */
const footerSize = 5;

export function damaged(
  bytes: Uint8Array,
  sections: readonly PlacedSection[],
  damage: Damage | undefined,
): Outcome<Uint8Array> {
  switch (damage?.kind) {
    case undefined:
      return success(bytes);
    case "cut":
      return success(bytes.subarray(0, Math.max(0, damage.at)));
    case "flip": {
      const turned = bytes.slice();
      turned[damage.at] = (turned[damage.at] ?? 0) ^ 0xff;
      return success(turned);
    }
    case "footer": {
      const entry = sectionNamed(
        sections.map((section) => section.entry),
        damage.section,
      );
      if (!entry.ok) return entry;
      const end = sections.reduce((last, each) => (each.entry === entry.value ? each.offset + each.size : last), 0);
      const shorter = new Uint8Array(bytes.length - footerSize);
      shorter.set(bytes.subarray(0, end - footerSize));
      shorter.set(bytes.subarray(end), end - footerSize);
      return success(shorter);
    }
  }
}
