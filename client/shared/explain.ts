/**
 * Plain words for a simulation: what happened, why, and what to do.
 *
 * Invariant: says only what the result and the order say; a cause that neither names is not guessed.
 */
import * as l10n from "@vscode/l10n";
import type {
  OrderEdge,
  OrderEntry,
  OrderResult,
  SimulateEvent,
  SimulateFailure,
  SimulateResult,
  SimulateSection,
} from "../../server/protocol";
import { isAtRisk } from "./edges";
import { accesses, formatBytes, formatTime, sections } from "./format";
import { groupBy } from "./group";
import { code, linked, type Part, type Sentence, sentence, text } from "./sentence";

export interface Explanation {
  readonly verdict: "good" | "wrong" | "failed";
  readonly headline: string;
  readonly what: readonly Sentence[];
  readonly whyTitle: string;
  readonly why: readonly Sentence[];
  readonly todo: readonly Sentence[];
}

/** `maps guest memory at`: what a device does, to be followed by the address if there is one. */
export function verbOf({ kind }: SimulateEvent): string {
  switch (kind) {
    case "dma-read":
      return l10n.t("reads guest memory at");
    case "dma-write":
      return l10n.t("writes guest memory at");
    case "dma-map":
      return l10n.t("maps guest memory at");
    case "translation-fault":
      return l10n.t("is refused a translation of");
    case "iommu-loaded":
      return l10n.t("is loaded: DMA is translated from here on");
    case "bus-number-loaded":
      return l10n.t("is loaded: from here on its bus has its number");
  }
}

/** An access that did not reach what the source had there. What is loaded only tells what it came to. */
export function isFault({ kind, result }: SimulateEvent): boolean {
  return kind !== "iommu-loaded" && kind !== "bus-number-loaded" && result !== "ok";
}

export function resultWord(result: SimulateSection["result"]): string {
  switch (result) {
    case "loaded":
      return l10n.t("loaded");
    case "failed":
      return l10n.t("failed");
    case "wrong":
      return l10n.t("wrong");
    case "not loaded":
      return l10n.t("not loaded");
    case "not known":
      return l10n.t("not known");
  }
}

export function explain(result: SimulateResult, order: OrderResult | undefined): Explanation {
  switch (result.outcome) {
    case "completed":
      return explainCompleted(result, order);
    case "failed":
      return explainFailed(result, order);
    case "corrupted":
      return explainCorrupted(result, order);
    case "unknown":
      return explainUnknown(result);
  }
}

function explainCompleted(result: SimulateResult, order: OrderResult | undefined): Explanation {
  const touched = result.events.filter((event) => event.kind.startsWith("dma-")).length;
  // where a section was put elsewhere by hand, it is not the order of creation that it completes by
  const broken = result.moved === undefined ? (order?.edges ?? []).filter(isAtRisk) : [];
  const { downtime, downtimeLimit } = result.timing;
  return {
    verdict: "good",
    headline: l10n.t("The guest arrives"),
    what: [
      [text(l10n.t("{0}, {1}, all loaded.", sections(result.sections.length), formatBytes(result.size)))],
      [
        text(
          touched === 0
            ? l10n.t("No device touched guest memory while it was loaded.")
            : l10n.t("{0} to guest memory while loading, each where the source had it.", accesses(touched)),
        ),
      ],
      ...(result.size === 0
        ? []
        : [[text(l10n.t("It stands still for {0} of {1} allowed.", formatTime(downtime), formatTime(downtimeLimit)))]]),
    ],
    whyTitle: l10n.t("Not guaranteed (depends on creation order)"),
    why: [...groupBy(broken, (edge) => edge.provider)].map(([provider, edges]) =>
      sentence(
        l10n.t("Only device creation order puts {0} before {1}."),
        code(provider),
        code(edges.map((edge) => edge.consumer).join(", ")),
      ),
    ),
    todo: fixesOf(broken, order),
  };
}

function explainUnknown({ open }: SimulateResult): Explanation {
  return {
    verdict: "wrong",
    headline: l10n.t("Whether the guest arrives is not known"),
    what: [[text(l10n.t("Neither the tree nor the stream says what the destination reads in these sections."))]],
    whyTitle: l10n.t("It loads only if the destination has it so"),
    why: open.flatMap(({ idstr, reasons }) => reasons.map((reason) => [code(idstr), text(` ${reason}`)])),
    todo: [],
  };
}

function explainFailed(result: SimulateResult, order: OrderResult | undefined): Explanation {
  const { failure } = result;
  if (!failure) {
    return {
      verdict: "failed",
      headline: l10n.t("The destination refuses the stream"),
      what: said(result),
      whyTitle: l10n.t("Why"),
      why: [],
      todo: [],
    };
  }
  const broken = missedBy(failure.idstr, result, order);
  return {
    verdict: "failed",
    // before the first section none is named: another machine type, no configuration, no stream
    headline:
      failure.idstr === ""
        ? l10n.t("The destination refuses the stream")
        : l10n.t("Loading stops at {0}", failure.idstr),
    what: [...causeOf(failure), ...said(result)],
    whyTitle: l10n.t("Why"),
    why: [...accessOf(result.events, failure.idstr), ...wayTo(failure), ...broken.map(unmet)],
    todo: fixesOf(broken, order),
  };
}

function explainCorrupted(result: SimulateResult, order: OrderResult | undefined): Explanation {
  const wrong = result.sections.filter((section) => section.result === "wrong").map((section) => section.idstr);
  const broken = wrong.flatMap((idstr) => missedBy(idstr, result, order));
  return {
    verdict: "wrong",
    headline: l10n.t("Migration succeeds, but device state is wrong (silent corruption)"),
    what: [
      ...causeOf(result.failure),
      wrong.length === 0
        ? [text(l10n.t("QEMU reports no error. What the destination holds differs from the source."))]
        : sentence(
            l10n.t("QEMU reports no error. What the destination holds differs from the source in {0}."),
            code(wrong.join(", ")),
          ),
    ],
    whyTitle: l10n.t("Why"),
    why: [...wrong.flatMap((idstr) => accessOf(result.events, idstr)), ...broken.map(unmet)],
    todo: fixesOf(broken, order),
  };
}

/** What was not loaded when it was needed, and what that made of the address. */
function causeOf(failure: SimulateFailure | null): readonly Sentence[] {
  if (failure?.cause === undefined) return [];
  const { kind, consumer, provider, address, meant, became } = failure.cause;
  const [device, needed] = [numbered(consumer), numbered(provider)];
  const heads = {
    "iommu-later": sentence(l10n.t("{0} is loaded before {1}."), device, needed),
    "bus-number-later": sentence(
      l10n.t("{0} is loaded before {1}, which knows the number of its bus."),
      device,
      needed,
    ),
    "iommu-not-sent": sentence(l10n.t("{0} needs {1}, which is not in the stream."), device, code(provider.idstr)),
    "bus-number-not-sent": sentence(
      l10n.t("{0} needs {1}, which knows the number of its bus and is not in the stream."),
      device,
      code(provider.idstr),
    ),
    "iommu-without-effect": sentence(
      l10n.t("{0} is loaded, but nothing in its load makes it translate."),
      numbered(provider),
    ),
  } as const;
  const meaning = sentence(
    became === address
      ? l10n.t("{0} is an I/O address for {1} in the guest's memory, and is taken for a physical one.")
      : l10n.t("{0} is an I/O address for {1} in the guest's memory."),
    code(address),
    code(meant),
  );
  return [heads[kind], meaning];
}

function numbered({ idstr, section }: { readonly idstr: string; readonly section: number }): Part[] {
  return [code(idstr), text(` (${l10n.t("section {0}", section)})`)];
}

/** What QEMU prints, or would. */
function said({ messages, failure }: SimulateResult): readonly Sentence[] {
  const lines = messages.length > 0 ? messages : failure ? [failure.message] : [];
  return lines.map((line) => [code(line)]);
}

function accessOf(events: readonly SimulateEvent[], idstr: string): readonly Sentence[] {
  const fault = events.find((event) => event.idstr === idstr && isFault(event));
  if (!fault) return [];
  const device = code(idstr);
  const verb = text(verbOf(fault));
  const address = linked(fault.address ?? "", fault.file, fault.line);
  const result = text(fault.result);
  return [
    fault.translated === undefined || fault.translated === fault.address
      ? sentence(l10n.t("While it is loaded, {0} {1} {2}: {3}."), device, verb, address, result)
      : sentence(
          l10n.t("While it is loaded, {0} {1} {2}, taken for {4}: {3}."),
          device,
          verb,
          address,
          result,
          code(fault.translated),
        ),
  ];
}

function wayTo({ chain, file, line }: SimulateFailure): readonly Sentence[] {
  if (chain.length === 0) {
    return file === "" ? [] : [sentence(l10n.t("Raised at {0}."), linked(`${file}:${line + 1}`, file, line))];
  }
  const steps = chain.flatMap((step, index): Part[] => [
    ...(index === 0 ? [] : [text(" → ")]),
    linked(step.function, step.file, step.line),
  ]);
  return [sentence(l10n.t("Call chain: {0}."), steps)];
}

/** Dependencies of `idstr` whose provider comes behind it in the stream, so that it went without. */
function missedBy(idstr: string, result: SimulateResult, order: OrderResult | undefined): readonly OrderEdge[] {
  const place = (name: string): number => result.sections.findIndex((section) => section.idstr === name);
  return (order?.edges ?? []).filter(
    ({ consumer, provider, holds }) => consumer === idstr && !holds && place(provider) > place(idstr),
  );
}

function unmet({ consumer, provider, by }: OrderEdge): Sentence {
  const words =
    by === "inverted"
      ? l10n.t("{0} needs {1}, which is at a lower level, so it loads later.")
      : l10n.t(
          "{0} needs {1}, which has the same priority: the order depends on device creation order (the command line).",
        );
  return sentence(words, code(consumer), code(provider));
}

function fixesOf(edges: readonly OrderEdge[], order: OrderResult | undefined): readonly Sentence[] {
  const providers = new Map(edges.map((edge) => [edge.provider, edge.consumer]));
  return [...providers].map(([provider, consumer]) => {
    const entry = entryOf(provider, order);
    const table = linked(entry?.symbol || provider, entry?.file, entry?.line);
    const level = entryOf(consumer, order)?.level;
    return level
      ? sentence(
          l10n.t("Set .priority in {0} above {1}: then it loads first, in whatever order devices are created."),
          table,
          code(level),
        )
      : sentence(
          l10n.t(
            "Set .priority in {0} above that of its dependents: then it loads first, in whatever order devices are created.",
          ),
          table,
        );
  });
}

function entryOf(name: string, order: OrderResult | undefined): OrderEntry | undefined {
  return order?.entries.find((entry) => entry.idstr === name || entry.description === name);
}
