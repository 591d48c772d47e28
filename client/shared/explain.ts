/**
 * Plain words for a simulation: what happened, why, and what to do.
 *
 * Invariant: says only what the result and the order say; a cause that neither names is not guessed.
 */
import type {
  OrderEdge,
  OrderEntry,
  OrderResult,
  SimulateEvent,
  SimulateFailure,
  SimulateResult,
} from "../../server/protocol";
import { isAtRisk } from "./edges";
import { count, formatBytes } from "./format";
import { groupBy } from "./group";

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly file: string; readonly line: number };

export type Sentence = readonly Part[];

export interface Explanation {
  readonly verdict: "good" | "wrong" | "failed";
  readonly headline: string;
  readonly what: readonly Sentence[];
  readonly whyTitle: string;
  readonly why: readonly Sentence[];
  readonly todo: readonly Sentence[];
}

const text = (words: string): Part => ({ kind: "text", text: words });
const code = (words: string): Part => ({ kind: "code", text: words });

/** A link where a place is known, else plain code. */
function linked(words: string, file: string | undefined, line: number | undefined): Part {
  return file ? { kind: "link", text: words, file, line: line ?? 0 } : code(words);
}

const verbs: Readonly<Record<SimulateEvent["kind"], string>> = {
  "dma-read": "reads guest memory at",
  "dma-write": "writes guest memory at",
  "dma-map": "maps guest memory at",
  "translation-fault": "is refused a translation of",
  "iommu-loaded": "is loaded: from here on addresses are translated",
  "bus-number-loaded": "is loaded: from here on its bus has its number",
};

/** `maps guest memory at`: what a device does, to be followed by the address if there is one. */
export function verbOf(event: SimulateEvent): string {
  return verbs[event.kind];
}

/** An access that did not reach what the source had there. What is loaded only tells what it came to. */
export function isFault({ kind, result }: SimulateEvent): boolean {
  return kind !== "iommu-loaded" && kind !== "bus-number-loaded" && result !== "ok";
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
  const accesses = result.events.filter((event) => event.kind.startsWith("dma-"));
  const broken = (order?.edges ?? []).filter(isAtRisk);
  return {
    verdict: "good",
    headline: "The guest arrives",
    what: [
      [text(`${count(result.sections.length, "section")}, ${formatBytes(result.size)}, all loaded.`)],
      [
        text(
          accesses.length === 0
            ? "No device touched guest memory while it was loaded."
            : `${count(accesses.length, "access", "accesses")} to guest memory while loading, each where the source had it.`,
        ),
      ],
    ],
    whyTitle: "Left to chance",
    why: [...groupBy(broken, (edge) => edge.provider)].map(([provider, edges]) => [
      text("Only the order of creation puts "),
      code(provider),
      text(" before "),
      code(edges.map((edge) => edge.consumer).join(", ")),
      text("."),
    ]),
    todo: mends(broken, order),
  };
}

function explainFailed(result: SimulateResult, order: OrderResult | undefined): Explanation {
  const { failure } = result;
  if (!failure) {
    return {
      verdict: "failed",
      headline: "The destination refuses the stream",
      what: said(result),
      whyTitle: "Why",
      why: [],
      todo: [],
    };
  }
  const broken = missedBy(failure.idstr, result, order);
  return {
    verdict: "failed",
    headline: `Loading stops at ${failure.idstr}`,
    what: said(result),
    whyTitle: "Why",
    why: [...accessOf(result.events, failure.idstr), ...wayTo(failure), ...broken.map(unmet)],
    todo: mends(broken, order),
  };
}

function explainCorrupted(result: SimulateResult, order: OrderResult | undefined): Explanation {
  const wrong = result.sections.filter((section) => section.result === "wrong").map((section) => section.idstr);
  const broken = wrong.flatMap((idstr) => missedBy(idstr, result, order));
  return {
    verdict: "wrong",
    headline: "The guest loads with wrong state, and nobody says so",
    what: [
      [
        text("QEMU reports no error. What the destination holds differs from the source"),
        ...(wrong.length === 0 ? [] : [text(" in "), code(wrong.join(", "))]),
        text("."),
      ],
    ],
    whyTitle: "Why",
    why: [...wrong.flatMap((idstr) => accessOf(result.events, idstr)), ...broken.map(unmet)],
    todo: mends(broken, order),
  };
}

/** What QEMU prints, or would. */
function said({ messages, failure }: SimulateResult): readonly Sentence[] {
  const lines = messages.length > 0 ? messages : failure ? [failure.message] : [];
  return lines.map((line) => [code(line)]);
}

function accessOf(events: readonly SimulateEvent[], idstr: string): readonly Sentence[] {
  const fault = events.find((event) => event.idstr === idstr && isFault(event));
  if (!fault) return [];
  return [
    [
      text("While it is loaded, "),
      code(idstr),
      text(` ${verbOf(fault)} `),
      linked(fault.address ?? "", fault.file, fault.line),
      ...(fault.translated === undefined || fault.translated === fault.address
        ? []
        : [text(", taken for "), code(fault.translated)]),
      text(`: ${fault.result}.`),
    ],
  ];
}

function wayTo({ chain, file, line }: SimulateFailure): readonly Sentence[] {
  if (chain.length === 0) {
    return file === "" ? [] : [[text("Raised at "), linked(`${file}:${line + 1}`, file, line), text(".")]];
  }
  const steps = chain.flatMap((step, index): Part[] => [
    ...(index === 0 ? [] : [text(" → ")]),
    linked(step.function, step.file, step.line),
  ]);
  return [[text("The way there: "), ...steps, text(".")]];
}

/** Dependencies of `idstr` whose provider comes behind it in the stream, so that it went without. */
function missedBy(idstr: string, { sections }: SimulateResult, order: OrderResult | undefined): readonly OrderEdge[] {
  const place = (name: string): number => sections.findIndex((section) => section.idstr === name);
  return (order?.edges ?? []).filter(
    ({ consumer, provider, holds }) => consumer === idstr && !holds && place(provider) > place(idstr),
  );
}

function unmet(edge: OrderEdge): Sentence {
  const because =
    edge.by === "inverted"
      ? " is at a lower level, so it loads later."
      : " is at the same level: only the order of creation decides.";
  return [code(edge.consumer), text(" needs "), code(edge.provider), text(", which"), text(because)];
}

function mends(edges: readonly OrderEdge[], order: OrderResult | undefined): readonly Sentence[] {
  const providers = new Map(edges.map((edge) => [edge.provider, edge.consumer]));
  return [...providers].map(([provider, consumer]) => {
    const entry = entryOf(provider, order);
    const level = entryOf(consumer, order)?.level;
    return [
      text("Give "),
      linked(entry?.symbol || provider, entry?.file, entry?.line),
      text(" a priority above "),
      level ? code(level) : text("that of its consumers"),
      text(", so that it loads first whatever is created first."),
    ];
  });
}

function entryOf(name: string, order: OrderResult | undefined): OrderEntry | undefined {
  return order?.entries.find((entry) => entry.idstr === name || entry.description === name);
}
