import * as l10n from "@vscode/l10n";

/** An amount in words: `3 sections`, `1 access`. Each form has `{0}` for the number. */
export function amountOf(amount: number, one: string, many: string): string {
  return (amount === 1 ? one : many).replace("{0}", amount.toLocaleString("en"));
}

export const sections = (amount: number): string => amountOf(amount, l10n.t("{0} section"), l10n.t("{0} sections"));

export const entries = (amount: number): string => amountOf(amount, l10n.t("{0} entry"), l10n.t("{0} entries"));

export const descriptions = (amount: number): string =>
  amountOf(amount, l10n.t("{0} description"), l10n.t("{0} descriptions"));

export const dependencies = (amount: number): string =>
  amountOf(amount, l10n.t("{0} dependency"), l10n.t("{0} dependencies"));

export const rounds = (amount: number): string => amountOf(amount, l10n.t("{0} round"), l10n.t("{0} rounds"));

export const pages = (amount: number): string => amountOf(amount, l10n.t("{0} page"), l10n.t("{0} pages"));

export const accesses = (amount: number): string => amountOf(amount, l10n.t("{0} access"), l10n.t("{0} accesses"));

export const refusals = (amount: number): string => amountOf(amount, l10n.t("{0} refusal"), l10n.t("{0} refusals"));

export const loads = (amount: number): string => amountOf(amount, l10n.t("{0} load"), l10n.t("{0} loads"));

/** `and 12 more` */
export const more = (amount: number): string => l10n.t("and {0} more", amount.toLocaleString("en"));

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Three significant figures: `104 B`, `1.25 KiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const figures = unit === 0 ? String(value) : value.toPrecision(value >= 1000 ? 4 : 3);
  return `${figures} ${units[unit] ?? ""}`;
}

/** `0.8 µs`, `12 ms`, `1.3 s`: two significant figures below ten. */
export function formatTime(milliseconds: number): string {
  const [value, unit] =
    milliseconds >= 1000
      ? [milliseconds / 1000, "s"]
      : milliseconds >= 1
        ? [milliseconds, "ms"]
        : [milliseconds * 1000, "µs"];
  return `${value >= 10 ? Math.round(value) : value.toPrecision(2)} ${unit}`;
}
