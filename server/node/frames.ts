/** The protocol's framing, looked at beside the library that reads it: a length that no message has would make it wait for ever. */

/** Bytes of one message. A text of the longest kind that is read, with each unit escaped, has fewer. */
const longestMessage = 128 << 20;
const longestHeader = 4096;

export class FrameCheck {
  private header = "";
  /** Bytes of the message's body that have not come. */
  private left = 0;

  /** What is wrong with the bytes so far; nothing can be read behind it. */
  take(chunk: Uint8Array): string | undefined {
    for (let at = 0; at < chunk.length; ) {
      if (this.left > 0) {
        const count = Math.min(this.left, chunk.length - at);
        this.left -= count;
        at += count;
        continue;
      }
      this.header += String.fromCharCode(chunk[at++] ?? 0);
      if (this.header.endsWith("\r\n\r\n")) {
        const length = bodyLength(this.header);
        if (typeof length === "string") return length;
        this.left = length;
        this.header = "";
      } else if (this.header.length > longestHeader) return `a header of more than ${longestHeader} bytes`;
    }
    return undefined;
  }
}

function bodyLength(header: string): number | string {
  let length: string | undefined;
  for (const line of header.slice(0, -4).split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon < 0) return `a header line without a colon: ${JSON.stringify(line.slice(0, 80))}`;
    if (line.slice(0, colon).toLowerCase() === "content-length") length = line.slice(colon + 1).trim();
  }
  if (length === undefined) return "a header without Content-Length";
  const shown = JSON.stringify(length.slice(0, 80));
  if (!/^\d+$/.test(length)) return `Content-Length ${shown}: not a number of bytes`;
  if (Number(length) > longestMessage) return `Content-Length ${shown}: more than ${longestMessage} bytes`;
  return Number(length);
}
