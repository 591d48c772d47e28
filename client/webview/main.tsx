import * as l10n from "@vscode/l10n";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { BytesPage, CompletionsPage, MemoryPage, SearchPage, ToPage } from "../shared/messages";
import { pageStateOf } from "../shared/pageState";
import { CompareView } from "./compare";
import { GraphView } from "./graph";
import { onContent, post, remember } from "./host";
import { OrderView } from "./order";
import { SimulationView } from "./simulation";
import { StreamView } from "./stream";

type ForPart = BytesPage | SearchPage | CompletionsPage | MemoryPage;
type Whole = Exclude<ToPage, ForPart>;

function isForPart(content: ToPage): content is ForPart {
  return ["bytes", "finding", "found", "notFound", "completions", "memory"].includes(content.kind);
}

/** Narrower than this a table is not to be read. */
const narrow = window.matchMedia("(max-width: 330px)");

function Page() {
  const [isNarrow, setNarrow] = useState(narrow.matches);
  useEffect(() => narrow.addEventListener("change", ({ matches }) => setNarrow(matches)), []);
  return (
    <>
      {isNarrow ? (
        <button type="button" class="secondary widen" onClick={() => post({ kind: "widen" })}>
          {l10n.t("Widen this page")}
        </button>
      ) : null}
      <Content />
    </>
  );
}

function Content() {
  const [content, setContent] = useState<Whole | undefined>(undefined);
  useEffect(() => {
    onContent((next) => {
      // Bytes and what a search finds belong to the part of the page that asked; it listens by itself.
      if (isForPart(next)) return;
      setContent(next);
      const state = pageStateOf(next);
      if (state) remember(state);
    });
    post({ kind: "ready" });
  }, []);
  switch (content?.kind) {
    case undefined:
      return null;
    case "running":
      return (
        <p class="running" role="status">
          <span class="spinner" aria-hidden="true" /> {content.title}…
        </p>
      );
    case "failed":
      return (
        <div class="verdict failed" role="alert">
          <h1>{content.title}</h1>
          <p>{content.message}</p>
          <div class="actions">
            <ChooseMachine purpose={content.purpose} />
            {content.again ? (
              <button type="button" onClick={() => post({ kind: "again" })}>
                {l10n.t("Try again")}
              </button>
            ) : null}
            <button type="button" class="secondary" onClick={() => post({ kind: "showOutput" })}>
              {l10n.t("Show output")}
            </button>
          </div>
        </div>
      );
    case "simulation":
      return <SimulationView page={content} />;
    case "order":
      return <OrderView page={content} />;
    case "graph":
      return <GraphView page={content} />;
    case "compare":
      return <CompareView page={content} />;
    case "stream":
      return <StreamView page={content} />;
  }
}

function ChooseMachine({ purpose }: { purpose: "simulate" | "order" | undefined }) {
  if (purpose === undefined) return null;
  return (
    <button type="button" onClick={() => post({ kind: "chooseMachine", purpose })}>
      {l10n.t("Choose a machine…")}
    </button>
  );
}

// Empty for English, whose texts are those of the code.
const texts = document.getElementById("texts")?.textContent ?? "";
if (texts !== "") l10n.config({ contents: texts });
const root = document.getElementById("page");
if (root) render(<Page />, root);
