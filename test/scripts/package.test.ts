import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const vsce: { listFiles(options: object): Promise<string[]> } = createRequire(import.meta.url)("@vscode/vsce");

interface Manifest {
  readonly main: string;
  readonly browser: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly grammars: readonly { readonly path: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly { readonly media: { readonly markdown: string } }[] }[];
  };
}
const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

describe("the package", () => {
  it("contains the whitelisted files and nothing else", async () => {
    const files = await vsce.listFiles({ cwd: root, dependencies: false });
    const allowed =
      /^(package(\.nls(\.\w+)?)?\.json|l10n\/bundle\.l10n(\.\w+)?\.json|README\.md|CHANGELOG\.md|LICENSE|media\/icon\.png|docs\/(images|rules)\/[\w-]+\.(png|md)|syntaxes\/[\w.]+\.json|client\/walkthrough\/\w+\.md|dist\/((adapter|client|client-browser|server|server-worker|cli|command|unpackers|webview)\.js|webview\.css|THIRD-PARTY-NOTICES\.txt)|examples\/mini-qemu\/.+)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    for (const needed of [
      "package.json",
      "package.nls.json",
      "l10n/bundle.l10n.json",
      "LICENSE",
      "README.md",
      manifest.icon,
    ])
      expect(files).toContain(needed);
  });

  it("has every file that the manifest names", () => {
    const named = [
      manifest.icon,
      ...manifest.contributes.grammars.map(({ path }) => path),
      ...manifest.contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
    ];
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(manifest.main).toBe("dist/client.js");
    expect(manifest.browser).toBe("dist/client-browser.js");
    expect(manifest.bin).toEqual({ vmstate: "dist/cli.js" });
  });

  it("registers every command that it contributes", () => {
    const source =
      readFileSync(join(root, "client/commands/index.ts"), "utf8") +
      readFileSync(join(root, "client/views/orderView.ts"), "utf8");
    const protocol = readFileSync(join(root, "server/protocol.ts"), "utf8");
    const missing = manifest.contributes.commands.filter(
      ({ command }) => !source.includes(`"${command}"`) && !protocol.includes(`"${command}"`),
    );
    expect(missing).toEqual([]);
  });
});
