import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { parse } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleTree } from "../cli/run";
import { removeFolders, repositoryAt, temporaryFolder, type Repository } from "../cli/repository";

const top = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const script = join(top, "ci/vmstate-ci.sh");
const file = "qemu/hw/demo/demo-nic.c";
const line =
  1 +
  readFileSync(join(exampleTree, "hw/demo/demo-nic.c"), "utf8")
    .split("\n")
    .findIndex((each) => each.includes("VMSTATE_UINT16(tail,"));
let command: string;

beforeAll(async () => {
  const folder = temporaryFolder();
  command = join(folder, "command.js");
  await build({
    entryPoints: [join(top, "cli/command.ts")],
    outfile: command,
    bundle: true,
    platform: "node",
    logLevel: "silent",
  });
});

afterAll(removeFolders);

/** A repository with QEMU in `qemu/`, whose last release is tagged, and a branch on which a field grows. */
function branchWithBreak(): Repository {
  const repository = repositoryAt(temporaryFolder());
  repository.git("init", "-q");
  cpSync(exampleTree, join(repository.root, "qemu"), { recursive: true });
  repository.commit("release");
  repository.git("tag", "v1.0.0");
  repository.write(file, repository.read(file).replace("VMSTATE_UINT16(tail,", "VMSTATE_UINT32(tail,"));
  repository.commit("a break");
  return repository;
}

function run(engine: string, repository: Repository, more: Readonly<Record<string, string>> = {}) {
  const env = {
    PATH: process.env["PATH"],
    HOME: temporaryFolder(),
    VMSTATE: `${process.execPath} ${command}`,
    VMSTATE_TREE: "qemu",
    VMSTATE_SINCE: "v1.0.0",
    ...more,
  };
  const { status, stdout, stderr } = spawnSync("bash", [script, engine], {
    cwd: repository.root,
    env,
    encoding: "utf8",
  });
  const report = (name: string): string => readFileSync(join(repository.root, "vmstate-reports", name), "utf8");
  return { status, out: stdout, err: stderr, report };
}

describe("ci/vmstate-ci.sh on a branch with a planted break", () => {
  it("as a GitHub job", () => {
    const repository = branchWithBreak();
    const summary = join(repository.root, "summary.md");
    const { status, out, report } = run("github", repository, { GITHUB_STEP_SUMMARY: summary });
    expect(status).toBe(1);
    const annotations = out.split("\n").filter((each) => each.startsWith("::"));
    expect(annotations).toHaveLength(1);
    expect(annotations[0]).toMatch(new RegExp(`^::(?:error|warning) file=${file},line=${line},`));
    expect(resultsIn(report("check.sarif"))).toEqual([`${file}:${line}`]);
    expect(new Set(resultsIn(report("diff.sarif")))).toEqual(new Set([`${file}:${line}`]));
    expect(readFileSync(summary, "utf8")).toBe(report("diff.md"));
  });

  it("as a GitLab job, with paths from the repository's top", () => {
    const { status, report } = run("gitlab", branchWithBreak());
    expect(status).toBe(1);
    for (const name of ["check.codequality.json", "diff.codequality.json"]) {
      const entries: { location: { path: string; lines: { begin: number } } }[] = JSON.parse(report(name));
      expect(entries.length).toBeGreaterThan(0);
      for (const { location } of entries) expect(location).toEqual({ path: file, lines: { begin: line } });
    }
  });

  it("elsewhere, with JUnit's XML; clean where nothing came since", () => {
    const repository = branchWithBreak();
    const broken = run("plain", repository);
    expect(broken.status).toBe(1);
    expect(broken.report("diff.junit.xml")).toMatch(/ failures="[1-9]/);
    const clean = run("plain", repository, { VMSTATE_SINCE: "HEAD", VMSTATE_RELEASE: "HEAD" });
    expect(clean.status).toBe(0);
    expect(clean.report("check.junit.xml")).toContain(`failures="0"`);
  });

  it("says that there is no release to compare with, and 2 where a command cannot run", () => {
    const repository = branchWithBreak();
    repository.git("tag", "-d", "v1.0.0");
    const untagged = run("plain", repository, { VMSTATE_SINCE: "HEAD" });
    expect(untagged.status).toBe(0);
    expect(untagged.err).toContain("no tag of a release here");
    repository.write("vmstate-reports/check.junit.xml", "of an earlier job");
    expect(run("plain", repository, { VMSTATE_SINCE: "nosuch" }).status).toBe(2);
    expect(existsSync(join(repository.root, "vmstate-reports/check.junit.xml"))).toBe(false);
    const missing = run("gitlab", repository, { VMSTATE: "nosuch-command check", VMSTATE_REPORTS: "none" });
    expect(missing).toMatchObject({ status: 2, err: "vmstate-ci.sh: there is no command nosuch-command (VMSTATE)\n" });
    expect(existsSync(join(repository.root, "none"))).toBe(false);
  });
});

describe("the examples of docs/ci.md", () => {
  const page = readFileSync(join(top, "docs/ci.md"), "utf8");
  const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = ""]) => parse(text));
  const [github, gitlab] = examples.map((each) => each.jobs ?? each).filter((jobs) => "whole" in jobs);

  it("are YAML, and name this version", () => {
    expect(examples).toHaveLength(5);
    const { version } = JSON.parse(readFileSync(join(top, "package.json"), "utf8"));
    expect(new Set(page.match(/vmstate@[\d][\w.-]+/g))).toEqual(new Set([`vmstate@${version}`]));
  });

  /** A repository with releases, and a shell in it that has `vmstate`. */
  function releases() {
    const repository = branchWithBreak();
    repository.git("tag", "v7.2.0", "v1.0.0");
    repository.git("tag", "-d", "v1.0.0");
    const bin = temporaryFolder();
    writeFileSync(join(bin, "vmstate"), `#!/bin/sh\nexec '${process.execPath}' '${command}' "$@"\n`, { mode: 0o755 });
    const shell = (line: string, env: Readonly<Record<string, string>>): number | null => {
      if (line.startsWith("npm install")) return 0;
      const PATH = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
      const options = { cwd: repository.root, env: { HOME: repository.root, PATH, ...env }, encoding: "utf8" } as const;
      return spawnSync("bash", ["-c", line], options).status;
    };
    return { repository, shell };
  }

  it("for GitHub's parallel jobs make one table", () => {
    const { repository, shell } = releases();
    const parts: readonly number[] = github.part.strategy.matrix.part;
    const steps = (job: { steps: { run?: string }[] }) => job.steps.flatMap(({ run: line }) => line ?? []);
    for (const part of parts)
      for (const line of steps(github.part))
        expect(shell(line.replaceAll("${{ matrix.part }}", String(part)), {}), line).toBe(0);
    const GITHUB_STEP_SUMMARY = join(repository.root, "summary.md");
    const codes = steps(github.whole).map((line) => shell(line, { GITHUB_STEP_SUMMARY }));
    expect(codes.at(-1)).toBe(1);
    expect(repository.read("summary.md")).toMatch(/^\| {2}\| HEAD \|\n[^\n]*\n\| v7\.2\.0 \| [1-9]/);
  });

  it("for GitLab's make one list of findings", () => {
    const { repository, shell } = releases();
    const total: number = gitlab.part.parallel;
    for (let index = 1; index <= total; index++)
      for (const line of gitlab.part.script)
        expect(shell(line, { CI_NODE_INDEX: String(index), CI_NODE_TOTAL: String(total) }), line).toBe(0);
    for (const line of gitlab.whole.script) expect(shell(line, {}), line).toBe(0);
    const findings: { file: string; range: { start: { line: number } } }[] = JSON.parse(
      repository.read("vmstate.json"),
    );
    expect(findings.map((each) => `qemu/${each.file}:${each.range.start.line + 1}`)).toEqual([`${file}:${line}`]);
  });
});

describe("what other repositories take from here", () => {
  it("names this version", () => {
    const { version } = JSON.parse(readFileSync(join(top, "package.json"), "utf8"));
    for (const name of ["action.yml", "ci/gitlab.yml", ".pre-commit-hooks.yaml"]) {
      const versions = readFileSync(join(top, name), "utf8").match(/vmstate@[\w.-]+/g);
      expect(new Set(versions)).toEqual(new Set([`vmstate@${version}`]));
    }
  });

  it("has a hook of which nothing but its command is installed", () => {
    const hooks = parse(readFileSync(join(top, ".pre-commit-hooks.yaml"), "utf8"));
    expect(hooks).toEqual([expect.objectContaining({ id: "vmstate", language: "system", pass_filenames: false })]);
    expect(hooks[0].entry).toMatch(/^npx --yes vmstate@\S+ check --since HEAD$/);
  });

  it("sets every variable that the script reads", () => {
    const wanted = new Set(readFileSync(script, "utf8").match(/\bVMSTATE_[A-Z_]+(?=[:\-}])/g));
    const action = readFileSync(join(top, "action.yml"), "utf8");
    expect([...wanted]).toEqual(
      expect.arrayContaining(["VMSTATE_TREE", "VMSTATE_SINCE", "VMSTATE_RELEASE", "VMSTATE_REPORTS"]),
    );
    for (const name of wanted) expect(action).toContain(`${name}: \${{ inputs.`);
  });
});

/** `file:line` of each result of a SARIF log. */
function resultsIn(sarif: string): readonly string[] {
  const log: { runs: { results: { locations: { physicalLocation: Place }[] }[] }[] } = JSON.parse(sarif);
  return log.runs.flatMap((each) =>
    each.results.flatMap(({ locations }) =>
      locations.map(
        ({ physicalLocation: { artifactLocation, region } }) => `${artifactLocation.uri}:${region.startLine}`,
      ),
    ),
  );
}

interface Place {
  readonly artifactLocation: { readonly uri: string };
  readonly region: { readonly startLine: number };
}
