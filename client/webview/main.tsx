import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ToPage } from "../shared/messages";
import { CompareView } from "./compare";
import { onContent, post } from "./host";
import { OrderView } from "./order";
import { SimulationView } from "./simulation";
import { StreamView } from "./stream";

function Page() {
  const [content, setContent] = useState<ToPage | undefined>(undefined);
  useEffect(() => {
    onContent((next) => {
      // Bytes belong to the page that asked for them; it listens by itself.
      if (next.kind !== "bytes") setContent(next);
    });
    post({ kind: "ready" });
  }, []);
  switch (content?.kind) {
    case undefined:
    case "bytes":
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
            <button type="button" class="secondary" onClick={() => post({ kind: "showOutput" })}>
              Show output
            </button>
          </div>
        </div>
      );
    case "simulation":
      return <SimulationView page={content} />;
    case "order":
      return <OrderView page={content} />;
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
      Choose a machine…
    </button>
  );
}

const root = document.getElementById("page");
if (root) render(<Page />, root);
