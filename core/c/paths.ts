/** What a path of the tree says by itself. */

/** QEMU's own tests: their tables and devices are in no machine. */
export function isTest(path: string): boolean {
  return path.startsWith("tests/");
}

/** Stands in for another file's functions in builds without it. */
export function isStub(path: string): boolean {
  return /(?:^|\/)stubs?\/|[-_]stubs?\.c$/.test(path);
}
