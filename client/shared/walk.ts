/** Words for the walk through an IOMMU's tables. Field names are those of the specifications, and are not translated. */
import * as l10n from "@vscode/l10n";
import type { SimulateWalk, SimulateWalkStep } from "../../server/protocol";
import { code, type Sentence, sentence, text } from "./sentence";

export function entryName({ entry, level, index }: SimulateWalkStep): string {
  switch (entry) {
    case "register":
      return l10n.t("Registers of the IOMMU");
    case "root-entry":
      return l10n.t("Root table, entry {0}", index ?? 0);
    case "context-entry":
      return l10n.t("Context table, entry {0}", index ?? 0);
    case "device-table-entry":
      return l10n.t("Device table, entry {0}", index ?? 0);
    case "stream-table-descriptor":
      return l10n.t("Stream table, first level, entry {0}", index ?? 0);
    case "stream-table-entry":
      return l10n.t("Stream table, entry {0}", index ?? 0);
    case "context-descriptor":
      return l10n.t("Context descriptor");
    case "page-table-entry":
      return l10n.t("Page table, level {0}, entry {1}", level ?? 0, index ?? 0);
    case "mapping":
      return l10n.t("Mapping {0} of the IOMMU's list", (index ?? 0) + 1);
  }
}

export function endOf(end: SimulateWalk["end"]): Sentence {
  switch (end.kind) {
    case "translated":
      return sentence(l10n.t("Translated to {0}."), code(end.address));
    case "fault":
      return [text(l10n.t("Fault {0}: {1}.", end.reason, end.name))];
    case "untranslated":
      return [text(`${whyNot(end.why)} `), ...sentence(l10n.t("The address stays {0}."), code(end.address))];
  }
}

function whyNot(why: Extract<SimulateWalk["end"], { readonly kind: "untranslated" }>["why"]): string {
  switch (why) {
    case "no-iommu":
      return l10n.t("No IOMMU stands before this device.");
    case "not-loaded":
      return l10n.t("The IOMMU has not been loaded yet: nothing translates.");
    case "without-effect":
      return l10n.t("The IOMMU is loaded, but nothing in its load makes it translate.");
    case "off":
      return l10n.t("The IOMMU is loaded, and translation is off.");
    case "passed-through":
      return l10n.t("The device passes through without translation.");
  }
}

export interface HexRow {
  readonly at: string;
  readonly hex: string;
  readonly text: string;
}

const bytesInRow = 8;

/** Rows that fit a narrow page. */
export function hexRows(address: string, bytes: string): readonly HexRow[] {
  const octets = Array.from({ length: bytes.length / 2 }, (_, index) => bytes.slice(index * 2, index * 2 + 2));
  const rows: HexRow[] = [];
  for (let start = 0; start < octets.length; start += bytesInRow) {
    const row = octets.slice(start, start + bytesInRow);
    const at = `0x${(BigInt(address) + BigInt(start)).toString(16)}`;
    const shown = row.map((octet) => {
      const value = Number.parseInt(octet, 16);
      return value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : ".";
    });
    rows.push({ at, hex: row.join(" "), text: shown.join("") });
  }
  return rows;
}
