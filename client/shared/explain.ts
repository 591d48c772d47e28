/**
 * Plain words for a simulation: what happened, why, and what to do.
 *
 * Invariant: says only what the result and the order say; a cause that neither names is not guessed.
 */
import type { OrderEdge, OrderEntry, OrderResult, SimulateEvent, SimulateResult } from "../../server/protocol";
import { count, formatBytes } from "./format";

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly file: string; readonly line: number };

export type Sentence = readonly Part[];

export interface Explanation {
  readonly verdict: "good" | "wrong" | "failed";
  readonly headline: string;
  readonly what: readonly Sentence[];
  readonly why: readonly Sentence[];
  readonly todo: readonly Sentence[];
}

const text = (words: string): Part => ({ kind: "text", text: words });
const code = (words: string): Part => ({ kind: "code", text: words });

/** What the source of an entry is linked by; plain code where no place is known. */
function entryLink(entry: OrderEntry | undefined, name: string): Part {
  return entry && entry.file !== "" ? { kind: "link", text: name, file: entry.file, line: entry.line } : code(name);
}

/** Results that mean that an access or a section came through. */
export function isGood(result: string): boolean {
  return /^(ok|loaded|completed|translated|identity|saved|done)\b/i.test(result);
}

export function explain(result: SimulateResult, order: OrderResult | undefined): Explanation {
  switch (result.outcome) {
    case "completed":
      return explainCompleted(result, order);
    case "failed":
      return explainFailed(result, order);
    case "corrupted":
      return explainCorrupted(result, order);
  }
}

function explainCompleted(result: SimulateResult, order: OrderResult | undefined): Explanation {
  const bytes = result.sections.reduce((sum, section) => sum + section.size, 0);
  const dma = result.events.filter((event) => event.address !== undefined);
  const broken = (order?.edges ?? []).filter((edge) => !edge.holds);
  return {
    verdict: "good",
    headline: "The guest arrives",
    what: [
      [text(`${count(result.sections.length, "section")}, ${formatBytes(bytes)}, all loaded.`)],
      [
        text(
          dma.length === 0
            ? "No device touched guest memory while it was loaded."
            : `${count(dma.length, "access", "accesses")} to guest memory while loading, all translated.`,
        ),
      ],
    ],
    why: broken.map((edge) => [
      text(edge.by === "creation" ? "Only the order of creation kept this: " : "By luck: "),
      code(edge.consumer),
      text(" needs "),
      code(edge.provider),
      text(`. ${edge.reason}`),
    ]),
    todo: broken.length === 0 ? [] : distinctProviders(broken).map((provider) => raise(provider, order)),
  };
}

function explainFailed(result: SimulateResult, order: OrderResult | undefined): Explanation {
  const { failure } = result;
  if (!failure) {
    return { verdict: "failed", headline: "The destination refuses the stream", what: [], why: [], todo: [] };
  }
  const broken = brokenEdges(failure.idstr, order);
  return {
    verdict: "failed",
    headline: `Loading stops at ${failure.idstr}`,
    what: [
      [text("QEMU says: "), code(failure.message)],
      ...(failure.file === ""
        ? []
        : [
            [
              text("Raised at "),
              {
                kind: "link",
                text: `${failure.file}:${failure.line + 1}`,
                file: failure.file,
                line: failure.line,
              } as const,
              text("."),
            ],
          ]),
    ],
    why: whyBroken(broken, result.events, failure.idstr),
    todo: distinctProviders(broken).map((provider) => raise(provider, order)),
  };
}

function explainCorrupted(result: SimulateResult, order: OrderResult | undefined): Explanation {
  const bad = [...new Set(result.events.filter((event) => !isGood(event.result)).map((event) => event.idstr))];
  const broken = bad.flatMap((idstr) => brokenEdges(idstr, order));
  const { failure } = result;
  return {
    verdict: "wrong",
    headline: "The guest loads with wrong state, and nobody says so",
    what: [
      ...(failure ? [[code(failure.message)]] : []),
      bad.length === 0
        ? [text("QEMU reports no error; the state after loading differs from the source's.")]
        : [text("QEMU reports no error, yet these read the wrong memory: "), code(bad.join(", ")), text(".")],
    ],
    why: bad.flatMap((idstr) => whyBroken(brokenEdges(idstr, order), result.events, idstr)),
    todo: distinctProviders(broken).map((provider) => raise(provider, order)),
  };
}

function brokenEdges(idstr: string, order: OrderResult | undefined): readonly OrderEdge[] {
  return (order?.edges ?? []).filter((edge) => edge.consumer === idstr && !edge.holds);
}

function whyBroken(edges: readonly OrderEdge[], events: readonly SimulateEvent[], idstr: string): readonly Sentence[] {
  const fault = events.find((event) => event.idstr === idstr && !isGood(event.result));
  const access: readonly Sentence[] = fault
    ? [
        [
          text(`While it was loaded, ${idstr} reached for guest address `),
          code(formatAddress(fault.address)),
          text(`: ${fault.result}.`),
        ],
      ]
    : [];
  return [
    ...access,
    ...edges.map((edge): Sentence => {
      const [evidence] = edge.evidence;
      return [
        code(edge.consumer),
        text(" needs "),
        code(edge.provider),
        text(`, but it is not loaded by then. ${edge.reason} `),
        ...(evidence
          ? [
              {
                kind: "link",
                text: `${evidence.file}:${evidence.line + 1}`,
                file: evidence.file,
                line: evidence.line,
              } as const,
            ]
          : []),
      ];
    }),
  ];
}

function distinctProviders(edges: readonly OrderEdge[]): readonly string[] {
  return [...new Set(edges.map((edge) => edge.provider))];
}

function raise(provider: string, order: OrderResult | undefined): Sentence {
  const entry = order?.entries.find((candidate) => candidate.idstr === provider || candidate.description === provider);
  return [
    text("Give "),
    entryLink(entry, entry?.symbol || provider),
    text(" a priority above that of its consumers, so that it loads before them whatever the order of creation."),
  ];
}

export function formatAddress(address: string | number | undefined): string {
  if (address === undefined) return "";
  return typeof address === "number" ? `0x${address.toString(16)}` : address;
}
