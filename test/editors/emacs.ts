/** The real Emacs with eglot, as a daemon without a screen, driven by emacsclient. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output, project, until } from "./desk";
import type { Desk } from "./desk";
import type { Editor, Finding } from "./editor";

const program = process.env["VMSTATE_EMACS"] ?? "emacs";

/** Starts it with the documented set-up in its init file. */
export async function startEmacs(desk: Desk): Promise<Editor> {
  const folder = join(desk.home, ".emacs.d");
  mkdirSync(folder);
  // Compiling eglot to native code takes longer than the test.
  writeFileSync(join(folder, "early-init.el"), "(setq native-comp-deferred-compilation nil)\n");
  const setUp = readFileSync(join(project, "docs/editors/emacs.el"), "utf8");
  writeFileSync(join(folder, "init.el"), `(setq auto-save-default nil create-lockfiles nil)\n${setUp}`);
  const running = spawn(program, ["--fg-daemon=test"], { env: desk.env, cwd: desk.home, stdio: "ignore" });
  const closed = new Promise<void>((resolve) => running.once("exit", () => resolve()));

  const quoted = (text: string) => `"${text.replace(/[\\"]/g, "\\$&")}"`;
  const evaluate = (code: string) => output("emacsclient", ["-s", "test", "--eval", code], desk.env);
  await until(
    () => evaluate("t").catch(() => ""),
    (answer) => answer.trim() === "t",
    "Emacs' server",
  );

  /** What Lisp evaluates to in the selected window's buffer, through JSON. */
  async function lisp(code: string): Promise<unknown> {
    const answer = join(desk.home, "answer.json");
    await evaluate(`(with-current-buffer (window-buffer)
      (let ((value (progn ${code})))
        (with-temp-file ${quoted(answer)} (insert (json-serialize (vector value) :null-object nil)))))`);
    const text = readFileSync(answer, "utf8");
    rmSync(answer);
    const [value] = JSON.parse(text) as readonly unknown[];
    return value;
  }

  /** Keys as they are pressed: strings of keys and of text in turn. Unlike a call, they run the hooks of commands. */
  const press = (...parts: readonly string[]): string =>
    `(execute-kbd-macro (vconcat ${parts.map((part, index) => (index % 2 === 0 ? `(kbd ${quoted(part)})` : quoted(part))).join(" ")}))`;
  const at = (place: string) =>
    lisp(`(goto-char (point-min)) (search-forward ${quoted(place)})
    (goto-char (match-beginning 0)) (set-window-point nil (point)) nil`);
  const text = async () => String(await lisp("(save-restriction (widen) (buffer-string))"));

  const undoSteps = async () => Number(await lisp("(undo-boundary) (seq-count #'null buffer-undo-list)"));
  let stepsBefore = 0;

  async function changing(code: string): Promise<void> {
    stepsBefore = await undoSteps();
    await lisp(`${code} nil`);
  }

  return {
    async open(path) {
      await lisp(`(delete-other-windows) ${press("C-x C-f", join(desk.tree, path), "RET")} nil`);
      await until(
        () => lisp("(if (eglot-managed-p) 1 0)"),
        (answer) => answer === 1,
        "eglot in the buffer",
      );
      // Flymake begins behind the first command.
      await lisp(`${press("C-f C-b")} nil`);
    },
    async findings() {
      const found = await lisp(`(vconcat (mapcar (lambda (each)
        (let ((message (flymake-diagnostic-text each)))
          (list :line (1- (line-number-at-pos (flymake-diagnostic-beg each))) :message message)))
        (sort (flymake-diagnostics) (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b))))))`);
      return (found as Omit<Finding, "code">[]).map((each) => ({
        ...each,
        code: /\[([\w-]+)\]/.exec(each.message)?.[1] ?? "",
      }));
    },
    text,
    modified: async () => (await lisp("(if (buffer-modified-p) 1 0)")) === 1,
    async typeBelow(place, line) {
      await at(place);
      await changing(press("C-e RET", line));
    },
    async deleteLine(line) {
      await lisp(`(goto-char (point-min))
        (re-search-forward (concat "^\\\\s-*" (regexp-quote ${quoted(line)}) "$")) (set-window-point nil (point)) nil`);
      await changing(press("C-a C-k C-k"));
    },
    async undo() {
      const steps = (await undoSteps()) - stepsBefore;
      await lisp(`${press(Array(steps).fill("C-/").join(" "))} nil`);
    },
    async hover(place) {
      await at(place);
      await lisp(`${press("M-x eldoc RET")} nil`);
      const found = await until(
        () =>
          lisp(`(let ((shown (seq-find
              (lambda (each) (string-prefix-p "*eldoc" (buffer-name (window-buffer each)))) (window-list))))
            (and shown (with-current-buffer (window-buffer shown)
              (prog1 (buffer-substring-no-properties (point-min) (point-max)) (delete-window shown)))))`),
        (answer) => typeof answer === "string" && answer !== "",
        "what eldoc shows",
      );
      return String(found);
    },
    async applyAction(place, title) {
      await at(place);
      await lisp(`${press("M-x eglot-code-actions RET", title, "RET")} nil`);
    },
    async command(name, machine) {
      await lisp(`${press(`M-x vmstate-${name} RET`, machine, "RET")} nil`);
      return String(await lisp('(with-current-buffer "*vmstate*" (buffer-string))'));
    },
    async servers() {
      const found = await lisp(`(vconcat (mapcar (lambda (server) (process-id (jsonrpc--process server)))
        (apply #'append (hash-table-values eglot--servers-by-project))))`);
      return found as number[];
    },
    async errors() {
      const read = (name: string) =>
        lisp(`(let ((buffer (seq-find (lambda (each) (string-match-p ${quoted(name)} (buffer-name each))) (buffer-list))))
          (if buffer (with-current-buffer buffer (buffer-substring-no-properties (point-min) (point-max))) ""))`);
      const events = String(await read("^\\*EGLOT[^*]*events"));
      if (!events.includes("publishDiagnostics")) throw new Error("eglot's log of the protocol is not there");
      const logged = events.match(/:type 1 :message "[^"]*"/g) ?? [];
      const said = String(await read("^\\*Messages\\*$")).match(/^.*(?:error|exited).*$/gim) ?? [];
      const stderr = String(await read("^ \\*EGLOT[^*]*stderr")).trim();
      return [...logged, ...said, stderr].filter((line) => line !== "").join("\n");
    },
    async quit() {
      await evaluate("(let ((kill-emacs-query-functions nil)) (kill-emacs))").catch(() => "");
      await closed;
    },
    kill: () => void running.kill(),
  };
}
