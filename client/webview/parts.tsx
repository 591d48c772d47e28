/** Pieces that the pages share. */
import * as l10n from "@vscode/l10n";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { OrderEvidence } from "../../server/protocol";
import type { Side } from "../shared/compare";
import type { Completion } from "../shared/commandLine";
import type { Part, Sentence } from "../shared/sentence";
import { onContent, post } from "./host";

export function SourceLink(props: { file: string; line: number; side?: Side; children: ComponentChildren }) {
  const { file, line, side } = props;
  const place = { kind: "open", file, line } as const;
  return (
    <button
      type="button"
      class="link"
      title={`${file}:${line + 1}`}
      onClick={() => post(side === undefined ? place : { ...place, side })}
    >
      {props.children}
    </button>
  );
}

function Piece({ part }: { part: Part }) {
  switch (part.kind) {
    case "text":
      return part.text;
    case "code":
      return <code>{part.text}</code>;
    case "link":
      return (
        <SourceLink file={part.file} line={part.line}>
          {part.text}
        </SourceLink>
      );
  }
}

export function Words({ sentence }: { sentence: Sentence }) {
  return sentence.map((part) => <Piece part={part} />);
}

export function Sentences(props: { title?: string; sentences: readonly Sentence[] }) {
  if (props.sentences.length === 0) return null;
  return (
    <div class="sentences">
      {props.title ? <h2>{props.title}</h2> : null}
      {props.sentences.map((sentence) => (
        <p>
          <Words sentence={sentence} />
        </p>
      ))}
    </div>
  );
}

/** A heading that folds; its content is made when it is first opened. */
export function Fold(props: { title: string; amount: number; open: boolean; children: () => ComponentChildren }) {
  const [open, setOpen] = useState(props.open);
  return (
    <details class="edges" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {props.title} <span class="quiet">({props.amount})</span>
      </summary>
      {open ? props.children() : null}
    </details>
  );
}

/** A command line with what may be typed next, as the tree has it. Its label is for "machine". */
export function MachineInput(props: { value: string; placeholder: string; onChange: (value: string) => void }) {
  const [completions, setCompletions] = useState<readonly Completion[]>([]);
  const latest = useRef(props.value);
  latest.current = props.value;
  useEffect(
    () =>
      onContent((content) => {
        if (content.kind === "completions" && content.line === latest.current) setCompletions(content.completions);
      }),
    [],
  );
  return (
    <>
      <input
        id="machine"
        type="text"
        list="machine-lines"
        autocomplete="off"
        spellcheck={false}
        value={props.value}
        placeholder={props.placeholder}
        onInput={(event) => {
          props.onChange(event.currentTarget.value);
          post({ kind: "complete", line: event.currentTarget.value });
        }}
      />
      <datalist id="machine-lines">
        {completions.map(({ word, what, commandLine }) => (
          <option value={commandLine}>{`${word} (${what})`}</option>
        ))}
      </datalist>
    </>
  );
}

/** The command line, ready to be changed and run again. */
export function MachineForm(props: {
  machine: string;
  purpose: "simulate" | "order";
  run: string;
  onRun: (machine: string) => void;
}) {
  const [machine, setMachine] = useState(props.machine);
  return (
    <form
      class="machine"
      onSubmit={(event) => {
        event.preventDefault();
        props.onRun(machine.trim());
      }}
    >
      <label for="machine">{l10n.t("Machine")}</label>
      <MachineInput
        value={machine}
        placeholder={props.purpose === "order" ? l10n.t("the whole tree") : "-M q35 -device intel-iommu"}
        onChange={setMachine}
      />
      <button type="submit">{props.run}</button>
      <button type="button" class="secondary" onClick={() => post({ kind: "chooseMachine", purpose: props.purpose })}>
        {l10n.t("Choose…")}
      </button>
    </form>
  );
}

export function Filter(props: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <input
      class="filter"
      type="search"
      aria-label={props.label}
      placeholder={props.label}
      value={props.value}
      onInput={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

/** The calls that prove a dependency, each with its place. */
export function Calls({ evidence }: { evidence: readonly OrderEvidence[] }) {
  return (
    <ol>
      {evidence.map(({ file, line, text }) => (
        <li>
          {text}{" "}
          <SourceLink file={file} line={line}>
            {file}:{line + 1}
          </SourceLink>
        </li>
      ))}
    </ol>
  );
}
