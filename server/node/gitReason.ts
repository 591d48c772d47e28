/** Why git gave no answer, for a person: what is the matter, and the way out. */

export type GitReason =
  | "no-git"
  | "no-repository"
  | "foreign-owner"
  | "missing-object"
  | "no-merge-base"
  | "no-revision"
  | "too-long"
  | "too-much"
  | "failed";

export class GitError extends Error {
  override readonly name = "GitError";
  readonly reason: GitReason;

  /** `message` is one line. */
  constructor(reason: GitReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface Refused {
  readonly directory: string;
  readonly command: string;
  /** Standard error. */
  readonly said: string;
  readonly ended: "too-much" | undefined;
  /** It did not end by itself. */
  readonly signalled: boolean;
  readonly message: string;
  /** The commit that is read, where there is one. */
  readonly commit: string | undefined;
}

export function reasonOf({ directory, command, said, ended, signalled, message, commit }: Refused): GitError {
  if (ended === "too-much") return new GitError("too-much", `git ${command} in ${directory}: its answer is too large`);
  if (signalled && said === "") {
    return new GitError("too-long", `git ${command} in ${directory} did not come to an end: ${firstLine(message)}`);
  }
  const own = said
    .split("\n")
    .find((line) => /^(?:fatal|error): /.test(line))
    ?.replace(/^(?:fatal|error): /, "");
  const text = own ?? firstLine(said.trim() === "" ? message : said.trim());
  if (text.includes("dubious ownership") || text.includes("unsafe repository")) {
    return new GitError(
      "foreign-owner",
      `git does not read ${directory}, which another user owns: ` +
        `git config --global --add safe.directory ${quoted(/repository (?:at )?\(?'([^']+)'/.exec(text)?.[1] ?? directory)}`,
    );
  }
  if (/not a git repository/i.test(text)) return new GitError("no-repository", `${directory}: ${text}`);
  if (text.includes("alternate object path")) {
    return new GitError(
      "missing-object",
      `${directory} borrows from a repository that is not there (git: ${text}), as a clone with --shared or --reference does: make it readable at that path, or clone without`,
    );
  }
  const missing = said.split("\n").find(isMissing);
  if (missing !== undefined) return missingObject(directory, commit, missing.replace(/^(?:fatal|error): /, ""));
  return new GitError("failed", `git ${command} in ${directory}: ${text}`);
}

/** In a partial clone: an object that is at the remote only. `git diff` fetches all of those that differ at once. */
export function missingObject(directory: string, commit: string | undefined, text: string): GitError {
  const wayOut = `git -C ${quoted(directory)} diff --stat ${commit ?? "REVISION"}`;
  return new GitError(
    "missing-object",
    `files of ${commit?.slice(0, 12) ?? "the revision"} are not in ${directory} (git: ${text}); in a partial clone, fetch them first: ${wayOut}`,
  );
}

function isMissing(said: string): boolean {
  return /promisor remote|lazy fetch|unable to read (?:sha1|tree|blob)|bad object|missing (?:blob|tree|commit)|could not get object info/i.test(
    said,
  );
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function quoted(path: string): string {
  return /^[\w./+@:-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
