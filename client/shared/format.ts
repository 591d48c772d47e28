/** `3 sections`, `1 access`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en")} ${amount === 1 ? one : many}`;
}

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
