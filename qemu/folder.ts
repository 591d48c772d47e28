/** Folders of this user alone, for sockets and for files that QEMU writes. */
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QemuFailure } from "./failure";

const folders = new Set<string>();
const ours = /^vmstate-qemu-(\d+)-\w{6}$/;
/** Milliseconds after which a folder of a process that is gone was left by it: longer than a run takes. */
const old = 3_600_000;
/** Bytes of a socket's path, with its end: sun_path. */
const longestPath = 104;

/** For `use`'s time there is the folder, 0700; it is removed also when this process ends. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  removeLeft();
  const folder = mkdtempSync(join(tmpdir(), `vmstate-qemu-${process.pid}-`));
  if (folders.size === 0) process.on("exit", removeAll);
  folders.add(folder);
  try {
    return await use(folder);
  } finally {
    remove(folder);
  }
}

/** Throws QemuFailure where the system's folder for temporary files has too long a name. */
export function socketIn(folder: string): string {
  const path = join(folder, "s");
  if (Buffer.byteLength(path) < longestPath) return path;
  throw new QemuFailure("refused", `${tmpdir()}: too long a name for a socket in it; set TMPDIR to a shorter one`);
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
  if (folders.size === 0) process.off("exit", removeAll);
}

function removeAll(): void {
  for (const folder of folders) remove(folder);
}

/** What a process left that was killed. */
function removeLeft(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(ours.exec(name)?.[1]);
    if (!(pid > 0) || isAlive(pid)) continue;
    const path = join(tmpdir(), name);
    try {
      const { mtimeMs, uid } = lstatSync(path);
      if (uid === process.getuid?.() && Date.now() - mtimeMs > old) rmSync(path, { recursive: true, force: true });
    } catch {
      // another one removed it
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
