/** Between the editor's URIs and a tree's paths. */
import { URI } from "vscode-uri";

/** Path of `uri` relative to `root`, `../…` for one outside; undefined where they share no file system. */
export function pathIn(root: string, uri: string): string | undefined {
  const top = URI.parse(root);
  const file = URI.parse(uri);
  if (top.scheme !== file.scheme || top.authority !== file.authority) return undefined;
  const from = segments(top.path);
  const to = segments(file.path);
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++;
  return [...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/");
}

export function uriOf(root: string, path: string): string {
  const top = URI.parse(root);
  const parts = segments(top.path);
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return top.with({ path: `/${parts.join("/")}` }).toString();
}

/** One spelling for each URI: escapes and the drive letter's case differ between editors. */
export function normalUri(uri: string): string {
  return URI.parse(uri).toString();
}

export function parentUri(uri: string): string {
  const parsed = URI.parse(uri);
  return parsed.with({ path: `/${segments(parsed.path).slice(0, -1).join("/")}` }).toString();
}

export function isInside(root: string, uri: string): boolean {
  const path = pathIn(root, uri);
  return path !== undefined && path !== ".." && !path.startsWith("../");
}

function segments(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  const drive = parts[0];
  if (drive !== undefined && /^[A-Z]:$/.test(drive)) parts[0] = drive.toLowerCase();
  return parts;
}
