/** A mailbox of `git format-patch --stdout`, as mail programs would send it. */
export type Sending = "mbox" | "quoted-printable" | "base64" | "crlf";

export const sendings: readonly Sending[] = ["mbox", "quoted-printable", "base64", "crlf"];

export function sentAs(how: Sending, mbox: Buffer): Buffer {
  const text = mbox.toString("latin1");
  if (how === "mbox") return mbox;
  if (how === "crlf") return Buffer.from(text.replace(/\r?\n/g, "\r\n"), "latin1");
  const mails = text.split(/^(?=From [0-9a-f]{40} Mon Sep 17 00:00:00 2001\n)/m);
  return Buffer.from(mails.map((mail) => reencoded(how, mail)).join(""), "latin1");
}

function reencoded(how: "quoted-printable" | "base64", mail: string): string {
  const end = mail.indexOf("\n\n");
  const header = mail
    .slice(0, end)
    .replace(/\n(?:MIME-Version|Content-Type|Content-Transfer-Encoding):.*/g, "")
    .concat(`\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: ${how}\n\n`);
  const body = Buffer.from(mail.slice(end + 2), "latin1");
  return `${header}${how === "base64" ? base64(body) : quotedPrintable(body)}\n\n`;
}

function base64(body: Buffer): string {
  return body.toString("base64").replace(/.{76}/g, "$&\n");
}

/** RFC 2045, 6.7: at most 76 characters a line, no white space at the end of one. */
function quotedPrintable(body: Buffer): string {
  return body
    .toString("latin1")
    .split("\n")
    .map((line) => {
      const words = Array.from(line, (char, i) => {
        const plain = char === " " || char === "\t" ? i < line.length - 1 : char > " " && char < "\x7f" && char !== "=";
        return plain ? char : `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
      });
      let shown = "";
      let width = 0;
      for (const word of words) {
        if (width + word.length > 75) {
          shown += "=\n";
          width = 0;
        }
        shown += word;
        width += word.length;
      }
      return shown;
    })
    .join("\n");
}
