/** What people send: one patch, a mail with one, or a mailbox with a series; each mail decoded. */
import PostalMime from "postal-mime";

export interface PatchText {
  /** For messages: a mail's subject, else its place in the file. */
  readonly name: string;
  /** Decoded, with `\n` at the end of lines. Holds more than the diff: a mail's commit message, its signature. */
  readonly text: string;
  readonly mail?: Mail;
}

/** Header fields as the mail gives them, decoded. */
export interface Mail {
  readonly subject?: string;
  readonly from?: string;
  readonly date?: string;
  readonly messageId?: string;
}

/** In the order of the file. A file that is no mail is one patch. */
export async function readPatches(file: Uint8Array): Promise<readonly PatchText[]> {
  // one code unit a byte: places in the text are places in the file
  const raw = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString("latin1");
  if (!startsAsMail(raw)) return [{ name: "the patch", text: unixLines(new TextDecoder().decode(file)) }];
  const patches: PatchText[] = [];
  for (const [start, end] of mailsIn(raw)) {
    const { subject, text, attachments, from, date, messageId } = await PostalMime.parse(file.subarray(start, end));
    const parts = attachments.flatMap(({ mimeType, content }) =>
      mimeType.startsWith("text/") ? [typeof content === "string" ? content : new TextDecoder().decode(content)] : [],
    );
    const name = subject === undefined || subject === "" ? `patch ${patches.length + 1}` : `"${subject}"`;
    const sender = from?.address === undefined ? undefined : `${from.name} <${from.address}>`.trimStart();
    const mail = {
      ...(subject === undefined ? {} : { subject }),
      ...(sender === undefined ? {} : { from: sender }),
      ...(date === undefined ? {} : { date }),
      ...(messageId === undefined ? {} : { messageId }),
    };
    patches.push({ name, text: [text ?? "", ...parts].map(unixLines).join("\n"), mail });
  }
  return patches;
}

const envelope = /^From \S+ .*\d\d:\d\d.*\d{4}\r?$/;
const header = /^(?!(?:Index|Only in):)[A-Za-z][\w-]*:(?:\s|$)/;

function startsAsMail(raw: string): boolean {
  const first = raw.slice(0, 4096).trimStart().split("\n")[0] ?? "";
  return envelope.test(first) || header.test(first);
}

/** `[start, end)` of each mail, without the line of its envelope, as git mailsplit cuts a mailbox. */
function mailsIn(raw: string): readonly (readonly [number, number])[] {
  const starts: { readonly line: number; readonly mail: number }[] = [];
  for (let at = 0; at < raw.length; ) {
    const newline = raw.indexOf("\n", at);
    const next = newline === -1 ? raw.length : newline + 1;
    if (raw.startsWith("From ", at) && envelope.test(raw.slice(at, next).trimEnd()))
      starts.push({ line: at, mail: next });
    at = next;
  }
  const [first] = starts;
  if (first === undefined || raw.slice(0, first.line).trim() !== "") starts.unshift({ line: 0, mail: 0 });
  return starts.map(({ mail }, i) => [mail, starts[i + 1]?.line ?? raw.length]);
}

function unixLines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
