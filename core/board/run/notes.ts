/** What could not be followed, with its place. */
import type { Context, Span } from "../../c/syntax";
import type { Site } from "./host";

/** What could not be followed, and why. */
export interface Open {
  readonly file: string;
  /** Offset in the file. */
  readonly start: number;
  readonly text: string;
  readonly reason: string;
  /** Calls that led there, outermost first. */
  readonly through: readonly string[];
  /** It was followed only so far. */
  readonly isBound: boolean;
}

export class Notes {
  readonly opens = new Map<string, Open>();
  private isClosed = false;

  constructor(
    /** Functions that run, outermost first, and where they are called. */
    private readonly stack: readonly { readonly name: string }[],
    private readonly sites: readonly Site[],
  ) {}

  /** Takes no more. */
  close(): void {
    this.isClosed = true;
  }

  /** At the innermost call that is open. */
  here(reason: string, isBound = false): void {
    for (let k = this.sites.length - 1; k >= 0; k--) {
      const site = this.sites[k];
      if (site === undefined || site.file === "") continue;
      this.at(site.file, site.context, site.node, reason, isBound);
      return;
    }
    this.add("", undefined, "", reason, isBound);
  }

  at(file: string, context: Context, node: Span, reason: string, isBound = false): void {
    const first = context.tokens[node.start];
    const start = first?.use?.start ?? first?.start;
    const text = context.tokens
      .slice(node.start, Math.min(node.end, node.start + 24))
      .map((token, k) => (token.space && k > 0 ? ` ${token.text}` : token.text))
      .join("");
    this.add(first?.use?.file ?? first?.file ?? file, start, text, reason, isBound);
  }

  add(file: string, start: number | undefined, text: string, reason: string, isBound = false): void {
    if (this.isClosed) return;
    const key = `${file}\n${start ?? -1}\n${isBound ? reason : ""}`;
    if (this.opens.has(key)) return;
    const through = this.stack.map(({ name }) => name);
    this.opens.set(key, { file, start: start ?? 0, text, reason, through, isBound });
  }
}
