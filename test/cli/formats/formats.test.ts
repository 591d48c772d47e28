/** What CI systems read, against their formats: SARIF's own schema, JUnit's, GitLab's description of Code Quality. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import type { Log } from "sarif";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import type { JsonFinding } from "../../../cli/report/json";
import { exampleRepository, removeFolders, temporaryFolder } from "../repository";
import { vmstate } from "../run";

const nic = "hw/demo/demo-nic.c";
const odd = "hw/demo/ä %41 #1?.c";
/** The tree as a work tree with changes since v1.0.0. */
let tree = "";
let patch = "";
let verdicts = "";
let accepted = "";

beforeAll(async () => {
  const repository = exampleRepository();
  tree = repository.root;
  const folder = temporaryFolder();
  repository.write(nic, repository.read(nic).replace("VMSTATE_UINT16(tail,", "VMSTATE_UINT32(tail,"));
  patch = join(folder, "change.patch");
  writeFileSync(patch, repository.git("diff"));
  repository.git("checkout", "-q", "--", nic);
  const disk = repository.read("hw/demo/demo-disk.c");
  repository.write(odd, disk.replaceAll("demo_disk", "odd_disk").replaceAll("demo-disk", "odd<&'-disk"));
  verdicts = join(folder, "verdicts.json");
  const [first] = await findings("--rule", "no-such-member=off");
  const { code, file, message } = first ?? { code: "", file: "", message: "" };
  const verdict = { kind: "confirmed", ground: "x", messages: ["\u001b[1m"], binary: "10.0.2", target: "x86_64" };
  writeFileSync(verdicts, JSON.stringify({ version: 1, findings: [{ code, file, message, verdicts: [verdict] }] }));
  accepted = join(folder, "accepted.json");
  await vmstate(["check", "--tree", tree, "hw/demo", "--write-baseline", accepted]);
});
afterAll(removeFolders);

async function findings(...more: readonly string[]): Promise<readonly JsonFinding[]> {
  return JSON.parse((await vmstate(["check", "--tree", tree, "--format", "json", ...more])).out);
}

/** Ways to ask, and whether there is something to report; `verdicts`, `patch` and `accepted` stand for the files made above. */
const asked = [
  ["all, with what is for review", ["check", "--review", "--all"], "some"],
  ["without what is suppressed", ["check", "--rule", "dma-before-iommu=off", "--rule", "name-from-type=error"], "some"],
  ["with what runs said", ["check", "--verdicts", "verdicts"], "some"],
  ["of a patch", ["check", "--patch", "patch"], "some"],
  ["since a revision", ["check", "--since", "v1.0.0"], "some"],
  ["of one file", ["check", odd], "some"],
  ["of what is accepted", ["check", "--baseline", "accepted"], "none"],
  ["of two versions", ["diff", "v1.0.0", "."], "any"],
  ["of the same version", ["diff", "v1.0.0", "HEAD"], "none"],
] as const;

async function answer(argv: readonly string[], format: string): Promise<string> {
  const files: Readonly<Record<string, string>> = { verdicts, patch, accepted };
  const given = argv.map((each) => files[each] ?? each);
  const { code, out, err } = await vmstate([...given, "--tree", tree, "--format", format], { cwd: tree });
  expect(code, err).toBeLessThan(2);
  return out;
}

describe("SARIF 2.1.0", () => {
  // OASIS' schema; what draft 4 of JSON Schema calls `id` later drafts call `$id`, no other keyword of it changed its meaning
  const { id: _id, $schema: _draft, ...schema } = sarifSchema;
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats(ajv);
  const validate = ajv.compile(schema);

  it.each(asked)("%s", async (_, argv, amount) => {
    const log: Log = JSON.parse(await answer(argv, "sarif"));
    validate(log);
    expect(validate.errors).toBeNull();
    const results = log.runs.flatMap((run) => run.results ?? []);
    if (amount !== "any") expect(results.length > 0).toBe(amount === "some");
    // what GitHub asks for beyond the schema
    const keys = results.map(({ partialFingerprints }) => partialFingerprints?.["vmstateFinding/v1"]);
    expect(new Set(keys).size).toBe(results.length);
    const places = results.flatMap(({ locations, relatedLocations }) => [
      ...(locations ?? []),
      ...(relatedLocations ?? []),
    ]);
    for (const { physicalLocation } of places) {
      expect(physicalLocation?.region?.startLine).toBeGreaterThan(0);
      expect(physicalLocation?.artifactLocation?.uri).toMatch(/^(?!\/|\.\.?\/)[^?#\\ ]+$/);
    }
    for (const { ruleId, ruleIndex } of results)
      expect(log.runs[0]?.tool.driver.rules?.[ruleIndex ?? -1]?.id).toBe(ruleId);
  });

  it("is refused where something is wrong", () => {
    const run = { tool: { driver: { name: "x" } }, results: [{ message: { text: "x" }, level: "bad" }] };
    expect(validate({ version: "2.1.0", runs: [run] })).toBe(false);
    expect(validate({ version: "2.1.0", $schema: "no uri at all", runs: [] })).toBe(false);
  });

  it("names a file by a URI that leads back to it", async () => {
    const log: Log = JSON.parse(await answer(["check", odd], "sarif"));
    const uri = log.runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? "";
    expect(decodeURIComponent(uri)).toBe(odd);
    expect(new URL(uri, "file:///").pathname).toBe(`/${uri}`);
  });
});

describe("JUnit's XML", () => {
  const schema = { fileName: "junit.xsd", contents: readFileSync(join(import.meta.dirname, "junit.xsd"), "utf8") };
  const problems = async (contents: string): Promise<readonly string[]> =>
    (await validateXML({ xml: [{ fileName: "report.xml", contents }], schema: [schema] })).errors.map(String);

  it.each(asked)("%s", async (_, argv) => {
    expect(await problems(await answer(argv, "junit"))).toEqual([]);
  });

  it("is refused where something is wrong", async () => {
    expect(await problems(`<testsuites><testsuite name="x"/></testsuites>`)).not.toEqual([]);
    expect(await problems(`<testsuites>\u001b</testsuites>`)).not.toEqual([]);
  });
});

describe("GitLab's Code Quality", () => {
  const path = v.pipe(v.string(), v.regex(/^(?!\.{0,2}\/)./));
  const entry = v.strictObject({
    description: v.pipe(v.string(), v.minLength(1)),
    check_name: v.pipe(v.string(), v.regex(/^[a-z-]+$/)),
    fingerprint: v.pipe(v.string(), v.minLength(1)),
    severity: v.picklist(["info", "minor", "major", "critical", "blocker"]),
    location: v.strictObject({
      path,
      lines: v.strictObject({ begin: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
    }),
  });

  it.each(asked)("%s", async (_, argv) => {
    const text = await answer(argv, "codequality");
    expect(text.charCodeAt(0)).toBe("[".charCodeAt(0));
    const entries = v.parse(v.array(entry), JSON.parse(text));
    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(entries.length);
  });

  it("is refused where something is wrong", () => {
    const location = { path: "./x.c", lines: { begin: 1 } };
    const wrong = { description: "x", check_name: "x", fingerprint: "x", severity: "info", location };
    expect(v.is(entry, wrong)).toBe(false);
    expect(v.is(entry, { ...wrong, location: { ...location, path: "x.c" } })).toBe(true);
  });
});
