// The licences of what the bundles contain, read from the packages themselves.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @param {string} root @param {readonly string[]} inputs paths of a metafile, relative to root */
export function thirdPartyNotices(root, inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) folders.add(match[1]);
  }
  const sections = [...folders].sort().map((folder) => notice(join(root, folder)));
  return ["VMState contains parts of the packages below, each under its own licence.\n", ...sections].join(
    `\n${"-".repeat(80)}\n\n`,
  );
}

function notice(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = existsSync(folder)
    ? readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name))
    : undefined;
  if (!file && !manifest.license) throw new Error(`${manifest.name} states no licence; it can't be shipped`);
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${manifest.license}`;
  return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${text}\n`;
}
