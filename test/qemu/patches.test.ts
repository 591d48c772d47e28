/**
 * Series of QEMU's history, sent as people send them: what `check --patch` makes of them is what git makes of them, on the commit they
 * were made for and on one that they do not fit. QEMU_HISTORY names a clone of QEMU (bare or not).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applySeries } from "../../cli/patch/apply";
import { readPatches } from "../../cli/patch/mails";
import { type Sending, sendings, sentAs } from "../cli/encoded";

const repository = process.env["QEMU_HISTORY"];
const wanted = 320;
const largest = 40;
/** Commits back to where a series is tried as well, without fitting. */
const back = 3000;

interface Series {
  readonly base: string;
  readonly tip: string;
  readonly how: Sending;
}

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-series-"));
  mkdirSync(join(folder, "objects"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function git(args: readonly string[], env: Record<string, string> = {}): string {
  if (repository === undefined) throw new Error("set QEMU_HISTORY to a clone of QEMU's repository");
  const options = { cwd: repository, env: { ...process.env, ...env }, maxBuffer: 1 << 30 };
  // one code unit a byte: QEMU has files in several encodings
  return execFileSync("git", [...args], { ...options, stdio: ["ignore", "pipe", "pipe"] }).toString("latin1");
}

/** Pull requests, evenly over the history: straight lines of commits from where they branched off. */
function findSeries(): readonly Series[] {
  const merges = git(["rev-list", "--merges", "--parents", "HEAD"]).trim().split("\n");
  const found: Series[] = [];
  const step = Math.max(1, Math.floor(merges.length / (2 * wanted)));
  for (let i = 0; i < merges.length && found.length < wanted; i += step) {
    const [, ours, tip] = merges[i]?.split(" ") ?? [];
    if (ours === undefined || tip === undefined) continue;
    const base = git(["merge-base", ours, tip]).trim();
    const commits = git(["rev-list", "--parents", `${base}..${tip}`])
      .trim()
      .split("\n");
    const isLine = commits.every((each) => each.split(" ").length === 2) && commits.at(-1)?.endsWith(base) === true;
    if (!isLine || commits.length > largest) continue;
    found.push({ base, tip, how: sendings[found.length % sendings.length] ?? "mbox" });
  }
  return found;
}

/** Files of a revision as the tool reads them, in UTF-8; read by one process. */
function filesAt(revision: string, paths: ReadonlySet<string>): (path: string) => string | undefined {
  if (repository === undefined) throw new Error("set QEMU_HISTORY to a clone of QEMU's repository");
  const input = [...paths].map((path) => `${revision}:${path}\n`).join("");
  const options = { cwd: repository, input, maxBuffer: 1 << 30 };
  const answer = execFileSync("git", ["cat-file", "--batch"], options);
  const texts = new Map<string, string>();
  let at = 0;
  for (const path of paths) {
    const newline = answer.indexOf("\n", at);
    const [, , size] = /^([0-9a-f]{40}) blob (\d+)$/.exec(answer.toString("latin1", at, newline)) ?? [];
    at = newline + 1;
    if (size === undefined) continue;
    texts.set(path, answer.toString("utf8", at, at + Number(size)));
    at += Number(size) + 1;
  }
  return (path) => texts.get(path);
}

/** Every path that a mailbox names, and those that changed: more than enough. */
function pathsOf(mbox: string): ReadonlySet<string> {
  const names = mbox.matchAll(/^(?:(?:---|\+\+\+) [ab]\/|rename (?:from|to) |copy (?:from|to) )(.+)$/gm);
  const both = mbox.matchAll(/^diff --git a\/(\S+) b\/(\S+)$/gm);
  return new Set([...[...names].map(([, name = ""]) => name), ...[...both].flatMap(([, a = "", b = ""]) => [a, b])]);
}

/** What git says of the mails, one on another, in an index of its own; undefined: they apply. */
function gitRefuses(
  revision: string,
  mails: readonly string[],
): { readonly file: string; readonly line?: number } | undefined {
  const objects = join(git(["rev-parse", "--absolute-git-dir"]).trim(), "objects");
  const env = {
    GIT_INDEX_FILE: join(folder, "index"),
    GIT_OBJECT_DIRECTORY: join(folder, "objects"),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
  };
  git(["read-tree", revision], env);
  for (const mail of mails) {
    const { status, stderr } = spawnSync("git", ["apply", "--cached", "--whitespace=nowarn"], {
      cwd: repository,
      env: { ...process.env, ...env },
      input: Buffer.from(mail, "latin1"),
    });
    if (status === 0) continue;
    const said = stderr.toString();
    const [, failed, line] = /^error: patch failed: (.*):(\d+)$/m.exec(said) ?? [];
    const [, other] = /^error: (.*): (?:does not exist in index|already exists in index)$/m.exec(said) ?? [];
    if (failed !== undefined && (other === undefined || said.indexOf(failed) < said.indexOf(other)))
      return { file: failed, line: Number(line) };
    return { file: other ?? said };
  }
  return undefined;
}

function isNoText(said: string, mbox: string): boolean {
  const file = /'(.+?)' \(/.exec(said)?.[1] ?? said;
  const own = mbox.split(/^(?=diff --git )/m).filter((part) => part.includes(` b/${file}\n`));
  return own.some((part) => /^(?:[-+]Subproject commit|GIT binary patch)/m.test(part));
}

describe("patch series of QEMU's history", () => {
  it(`${wanted} of them are applied, or refused where git refuses them`, { timeout: 3_600_000 }, async () => {
    const all = findSeries();
    expect(all.length).toBe(wanted);
    const wrong: string[] = [];
    const seen = { applied: 0, refused: 0, renames: 0, mails: 0 };
    for (const { base, tip, how } of all) {
      const mbox = git(["format-patch", "--stdout", "-M", `${base}..${tip}`]);
      const mails = mbox.split(/^(?=From [0-9a-f]{40} Mon Sep 17 00:00:00 2001\n)/m);
      const patches = await readPatches(sentAs(how, Buffer.from(mbox, "latin1")));
      const where = `${base.slice(0, 10)}..${tip.slice(0, 10)} ${how}`;
      seen.mails += mails.length;
      if (patches.length !== mails.length) wrong.push(`${where}: ${patches.length} of ${mails.length} mails`);

      const paths = pathsOf(mbox);
      const result = applySeries(patches, filesAt(base, paths));
      if (!result.ok) wrong.push(`${where}: ${result.message}`);
      else {
        seen.renames += result.value.renamed.size;
        const end = filesAt(tip, paths);
        for (const path of git(["diff", "--name-only", "--no-renames", base, tip]).trim().split("\n")) {
          if (/\.(?:c|h|inc|build|mak|rs|json)$|Kconfig/.test(path) && result.value.files.get(path) !== end(path))
            wrong.push(`${where}: ${path} is another`);
        }
        seen.applied++;
      }

      const other = git(["rev-list", "--first-parent", "-n", "1", `--skip=${back}`, base]).trim() || base;
      const refused = gitRefuses(other, mails);
      const own = applySeries(patches, filesAt(other, paths));
      // what is no text is not read, so that it is not compared either
      if (refused !== undefined && isNoText(refused.file, mbox)) continue;
      if (refused === undefined && !own.ok) wrong.push(`${where} on ${other}: git applies it, but ${own.message}`);
      else if (refused !== undefined && own.ok)
        wrong.push(`${where} on ${other}: git refuses ${JSON.stringify(refused)}`);
      else if (refused !== undefined && !own.ok) {
        const place = refused.line === undefined ? `${refused.file}:` : `${refused.file}:${refused.line}:`;
        if (!own.message.includes(place)) wrong.push(`${where} on ${other}: git says ${place}, not ${own.message}`);
        seen.refused++;
      }
    }
    console.log(JSON.stringify(seen));
    expect(wrong).toEqual([]);
  });
});
