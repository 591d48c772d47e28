/** What a path of the tree says by itself. */

/** QEMU's own tests: their tables and devices are in no machine. */
export function isTest(path: string): boolean {
  return path.startsWith("tests/");
}

/** Stands in for another file's functions in builds without it. */
export function isStub(path: string): boolean {
  return /(?:^|\/)stubs?\/|(?:^|[-_/])stubs?\.c$/.test(path);
}

const outside: ReadonlySet<string> = new Set("roms pc-bios tests linux-user bsd-user subprojects contrib".split(" "));

/** Firmware, user-mode emulation and helpers have functions of the same names; no device calls them. */
export function isOutside(path: string): boolean {
  return outside.has(path.slice(0, Math.max(0, path.indexOf("/"))));
}

/** A `.c` file, not a header or what others include in the middle of something. */
export function isSource(path: string): boolean {
  return path.endsWith(".c");
}

/** The processor a file is for: `arm` of `target/arm/cpu.c`, and of the `target-arm/cpu.c` of old trees; undefined elsewhere. */
export function architectureOf(path: string): string | undefined {
  return /^target[/-]([^/]+)\//.exec(path)?.[1];
}

/** Several headers of the tree may define one name, each target its own: the one beside the reader counts. */
export function nearer(path: string, than: string | undefined, from: string): boolean {
  return than === undefined || sharedFolders(path, from) > sharedFolders(than, from);
}

function sharedFolders(path: string, other: string): number {
  let shared = 0;
  for (let k = 0; k < path.length && path[k] === other[k]; k++) if (path[k] === "/") shared++;
  return shared;
}
