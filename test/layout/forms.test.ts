/** Sources in other forms than a .c file in UTF-8: each is read, or said to be left out. */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check, findingsOf, layout, serve, uriOf } from "./layouts";

const disk = "hw/demo/demo-disk.c";

describe("a source", () => {
  it.each(["utf-16le", "utf-16be", "utf-8"])("with a byte order mark in %s is read as without", async (encoding) => {
    const made = layout();
    const plain = await check(made.tree);
    const text = made.text(`qemu/${disk}`);
    const bytes = Buffer.from(`\ufeff${text}`, encoding === "utf-8" ? "utf8" : "utf16le");
    writeFileSync(join(made.tree, disk), encoding === "utf-16be" ? bytes.swap16() : bytes);
    expect(await check(made.tree)).toEqual(plain);
  });

  it("in C++ with a table is said to be left out, another is passed over", async () => {
    const made = layout();
    const plain = await check(made.tree);
    made.put("qemu/hw/demo/table.cpp", "static const VMStateDescription vmstate_x = {};\n");
    made.put("qemu/hw/demo/other.cc", "int other;\n");
    const { findings, err } = await check(made.tree);
    expect(findings).toEqual(plain.findings);
    expect(err).toBe("vmstate: left out hw/demo/table.cpp: C++ is not read\n");
    const client = await serve(made.tree);
    expect(await findingsOf(client, join(made.tree, disk), made.tree)).toHaveLength(1);
    expect(client.warnings).toEqual([`${uriOf(made.tree)}: left out hw/demo/table.cpp: C++ is not read`]);
  });

  it("in a folder with a # in its name is read as in another", async () => {
    const made = layout();
    const plain = await check(made.tree);
    renameSync(join(made.tree, "hw/demo"), join(made.tree, "hw/de#mo"));
    const { findings } = await check(made.tree);
    expect(findings.map((each) => each.replaceAll("de#mo", "demo"))).toEqual(plain.findings);
  });

  it("that another includes may hold the table", async () => {
    const made = layout();
    const text = made.text(`qemu/${disk}`);
    const start = text.indexOf("static const VMStateDescription vmstate_demo_disk");
    const end = text.indexOf("};", start) + 2;
    made.put(`qemu/${disk}`, `${text.slice(0, start)}#include "demo-disk-table.c.inc"${text.slice(end)}`);
    made.put("qemu/hw/demo/demo-disk-table.c.inc", `${text.slice(start, end)}\n`);
    const plain = await check(layout().tree);
    const { findings } = await check(made.tree);
    const inTable = plain.findings.map((f) => f.replace(disk, "hw/demo/demo-disk-table.c.inc"));
    expect([...findings].sort()).toEqual([...inTable].sort());
  });
});
