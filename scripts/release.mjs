// Makes what a release consists of, in out/release: the extension, the npm package, an executable for people without Node, the list of
// what is inside (CycloneDX) and checksums. Publishes nothing.
//   node scripts/release.mjs
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { inject } from "postject";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, "out/release");
const { dependencies, devDependencies, ...manifest } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const { version } = manifest;
/** Bytes; the extension's limit stands in package.mjs. */
const npmLimit = 4_000_000;

const run = (command, args, options = {}) =>
  execFileSync(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28, ...options });

/** What the command line needs beside its code: pages of the rules, the example, licences. */
function copyCommon(folder) {
  for (const path of ["LICENSE", "docs/rules", "examples/mini-qemu"])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  copyFileSync(join(root, "dist/THIRD-PARTY-NOTICES.txt"), join(folder, "THIRD-PARTY-NOTICES.txt"));
}

function makeNpmPackage() {
  const folder = join(out, "npm");
  mkdirSync(join(folder, "dist"), { recursive: true });
  copyCommon(folder);
  for (const path of [
    "dist/cli.js",
    "dist/command.js",
    "dist/unpackers.js",
    "README.md",
    "CHANGELOG.md",
    "docs/ci.md",
    "docs/editors.md",
    "ci",
  ])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  const { name, license, engines, bin, keywords } = manifest;
  const own = {
    name,
    version,
    description: "Checks QEMU's migration tables and load order, compares releases, and simulates migrations",
    license,
    keywords,
    engines: { node: engines.node },
    bin,
    publishConfig: { access: "public", provenance: true },
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(own, undefined, 2)}\n`);
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", out, folder]).toString());
  rmSync(folder, { recursive: true });
  return packed.filename;
}

/** Node itself with the command line inside it, beside what it reads. */
async function makeExecutable() {
  const name = `vmstate-${version}-${process.platform}-${process.arch}`;
  const folder = join(out, name);
  const program = join(folder, "bin/vmstate");
  mkdirSync(dirname(program), { recursive: true });
  copyCommon(folder);
  const work = join(out, "executable");
  mkdirSync(work);
  await build({
    absWorkingDir: root,
    entryPoints: ["cli/command.ts"],
    outfile: join(work, "command.js"),
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    // import() finds nothing in the executable, require what Node has built in
    supported: { "dynamic-import": false },
    mainFields: ["module", "main"],
    legalComments: "none",
    logLevel: "warning",
  });
  const config = { main: "command.js", output: "blob", disableExperimentalSEAWarning: true, useCodeCache: true };
  writeFileSync(join(work, "config.json"), JSON.stringify(config));
  run(process.execPath, ["--experimental-sea-config", "config.json"], {
    cwd: work,
    stdio: ["ignore", "ignore", "inherit"],
  });
  copyFileSync(process.execPath, program);
  chmodSync(program, 0o755);
  await inject(program, "NODE_SEA_BLOB", readFileSync(join(work, "blob")), {
    sentinelFuse: "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2",
  });
  // a home without Node: what a user of it has
  const said = run(program, ["--version"], { env: {} }).toString().trim();
  if (said !== version) throw new Error(`the executable says version ${said}, not ${version}`);
  run("tar", ["-czf", `${name}.tar.gz`, name], { cwd: out });
  rmSync(work, { recursive: true });
  rmSync(folder, { recursive: true });
  return `${name}.tar.gz`;
}

function limited(file, limit) {
  const { size } = statSync(join(out, file));
  console.log(`${file}: ${size} bytes${limit === undefined ? "" : ` of ${limit}`}`);
  if (limit !== undefined && size > limit) throw new Error(`${file} is larger than its limit`);
  return file;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
run(process.execPath, ["scripts/package.mjs"], { stdio: ["ignore", "inherit", "inherit"] });
copyFileSync(join(root, `vmstate-${version}.vsix`), join(out, `vmstate-${version}.vsix`));
const files = [
  limited(`vmstate-${version}.vsix`),
  limited(makeNpmPackage(), npmLimit),
  limited(await makeExecutable()),
];
const bill = `vmstate-${version}.cdx.json`;
writeFileSync(join(out, bill), run("npm", ["sbom", "--sbom-format", "cyclonedx", "--omit", "dev"]));
files.push(limited(bill));
const sums = files.map(
  (file) =>
    `${createHash("sha256")
      .update(readFileSync(join(out, file)))
      .digest("hex")}  ${file}\n`,
);
writeFileSync(join(out, "SHA256SUMS"), sums.join(""));
