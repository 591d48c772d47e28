/** The runtime as the Debug Adapter Protocol sees it. Knows no editor: the session's client is whoever speaks the protocol. */
import * as l10n from "@vscode/l10n";
import {
  DebugSession,
  Handles,
  InitializedEvent,
  OutputEvent,
  Response,
  Scope,
  Source,
  StackFrame,
  StoppedEvent,
  TerminatedEvent,
  Thread,
} from "@vscode/debugadapter";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { InspectPlace, LoadParams, LoadResult } from "../../server/protocol";
import { argumentProblem } from "./arguments";
import { readMemory } from "./memory";
import { noStops, type Reason, Runtime } from "./runtime";
import type { Step } from "./steps";
import {
  evaluate,
  loadedDevices,
  loadedFields,
  machineValues,
  memoryValues,
  sectionValues,
  translationValues,
  type Value,
} from "./values";
import { levelsOf, whatHappened } from "./words";

/** What the session cannot do by itself. */
export interface Surroundings {
  /** Records the load. Rejects with a sentence for a person. */
  load(params: LoadParams): Promise<LoadResult>;
  /** Bytes of a stream's file. */
  read(uri: string, offset: number, size: number): Promise<Uint8Array>;
  /** A file of the tree as the editor names it, and back; undefined where it is in no tree. */
  pathOf(tree: string, file: string): string;
  fileOf(tree: string, path: string): string | undefined;
}

export interface LaunchArguments extends DebugProtocol.LaunchRequestArguments {
  readonly machine?: string;
  /** URI of a stream's file. */
  readonly stream?: string;
  /** URI of a file or folder of the tree. */
  readonly tree?: string;
  readonly stopOnEntry?: boolean;
}

const thread = 1;

const exceptionFilters = (): DebugProtocol.ExceptionBreakpointsFilter[] => [
  {
    filter: "fault",
    label: l10n.t("DMA Fault"),
    default: true,
    description: l10n.t("A device reads or writes guest memory while it loads and does not get what the source had."),
  },
  { filter: "failure", label: l10n.t("Load Failure"), default: true, description: l10n.t("QEMU refuses the stream.") },
  {
    filter: "order",
    label: l10n.t("Order Violation"),
    default: false,
    description: l10n.t("A section stands before one that it should follow."),
  },
];

export class LoadSession extends DebugSession {
  private runtime: Runtime | undefined;
  private launched: LaunchArguments = {};
  private readonly values = new Handles<readonly Value[]>();
  private configured: () => void = () => undefined;
  private readonly whenConfigured = new Promise<void>((resolve) => {
    this.configured = resolve;
  });
  /** Settled while nothing is being recorded. */
  private loading: Promise<unknown> = Promise.resolve();

  constructor(private readonly surroundings: Surroundings) {
    super();
  }

  /** Each request is answered, also one that lacks what it needs. */
  protected override dispatchRequest(request: DebugProtocol.Request): void {
    const { command } = request;
    const given: unknown = request.arguments ?? {};
    const problem = argumentProblem(command, given);
    if (problem === undefined) {
      const known = command === "initialize" ? { pathFormat: "path", ...(given as object) } : given;
      return super.dispatchRequest({ ...request, arguments: known });
    }
    const { place, expected } = problem;
    const format =
      expected === undefined
        ? l10n.t("{0}: {1} is missing", command, place)
        : l10n.t("{0}: {1} must be {2}", command, place, expected);
    this.sendErrorResponse(new Response(request), { id: 3, format, showUser: false });
  }

  protected override initializeRequest(response: DebugProtocol.InitializeResponse): void {
    response.body = {
      supportsConfigurationDoneRequest: true,
      supportsStepBack: true,
      supportsRestartRequest: true,
      supportsFunctionBreakpoints: true,
      supportsDataBreakpoints: true,
      supportsEvaluateForHovers: true,
      supportsReadMemoryRequest: true,
      supportsExceptionInfoRequest: true,
      supportsTerminateRequest: true,
      exceptionBreakpointFilters: exceptionFilters(),
    };
    this.sendResponse(response);
  }

  protected override launchRequest(response: DebugProtocol.LaunchResponse, launched: LaunchArguments): void {
    const load = this.record(launched);
    this.loading = load.catch(() => undefined);
    void this.launch(response, launched, load);
  }

  private async record(launched: LaunchArguments): Promise<Runtime> {
    const { machine, stream, tree } = launched;
    const load = await this.surroundings.load({
      ...(machine === undefined || machine === "" ? {} : { machine }),
      ...(stream === undefined || stream === "" ? {} : { stream }),
      ...(tree === undefined || tree === "" ? {} : { uri: tree }),
    });
    this.launched = launched;
    this.runtime = new Runtime(load);
    return this.runtime;
  }

  private async launch(
    response: DebugProtocol.LaunchResponse,
    launched: LaunchArguments,
    recording: Promise<Runtime>,
  ): Promise<void> {
    let recorded: Runtime;
    try {
      recorded = await recording;
    } catch (error) {
      return this.refuse(response, error, true);
    }
    // Breakpoints are set once the recording can say which lines are in it.
    this.sendEvent(new InitializedEvent());
    await this.whenConfigured;
    this.sendResponse(response);
    for (const note of recorded.load.report.notes) this.say(`${note}\n`);
    if (launched.stopOnEntry === false) this.go((runtime) => runtime.continue());
    else this.stopped("entry");
  }

  private refuse(response: DebugProtocol.Response, error: unknown, showUser: boolean): void {
    const message = error instanceof Error ? error.message : String(error);
    this.sendErrorResponse(response, { id: 1, format: "{_message}", variables: { _message: message }, showUser });
  }

  protected override disconnectRequest(
    response: DebugProtocol.DisconnectResponse,
    wanted: DebugProtocol.DisconnectArguments,
  ): void {
    // A launch that waits for the end of the configuration is answered too.
    this.configured();
    super.disconnectRequest(response, wanted);
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.configured();
    this.sendResponse(response);
  }

  protected override setBreakPointsRequest(
    response: DebugProtocol.SetBreakpointsResponse,
    wanted: DebugProtocol.SetBreakpointsArguments,
  ): void {
    this.loading
      .then(() => this.setLines(response, wanted))
      .catch((error: unknown) => this.refuse(response, error, false));
  }

  private setLines(
    response: DebugProtocol.SetBreakpointsResponse,
    { source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments,
  ): void {
    const { runtime } = this;
    const file = runtime && source.path && this.surroundings.fileOf(runtime.load.tree, source.path);
    const lines = new Set<number>();
    const set = breakpoints.map(({ line }): DebugProtocol.Breakpoint => {
      const wanted = this.convertClientLineToDebugger(line);
      const found = file === undefined || file === "" ? undefined : runtime?.lineFor(file, wanted);
      if (found === undefined)
        return { verified: false, line, message: l10n.t("Nothing that this load reads stands here.") };
      lines.add(found);
      return { verified: true, line: this.convertDebuggerLineToClient(found) };
    });
    if (runtime && file) {
      runtime.stops = { ...runtime.stops, lines: new Map(runtime.stops.lines).set(file, lines) };
    }
    response.body = { breakpoints: set };
    this.sendResponse(response);
  }

  protected override setFunctionBreakPointsRequest(
    response: DebugProtocol.SetFunctionBreakpointsResponse,
    { breakpoints }: DebugProtocol.SetFunctionBreakpointsArguments,
  ): void {
    const sections = breakpoints.map(({ name }) => name.trim());
    this.setStops({ sections });
    const known = this.runtime?.load.stream.sections ?? [];
    response.body = {
      breakpoints: sections.map((name) => {
        const there = known.some(({ idstr }) => idstr === name || idstr.endsWith(`/${name}`));
        return there
          ? { verified: true }
          : { verified: false, message: l10n.t("The stream has no section {0}.", name) };
      }),
    };
    this.sendResponse(response);
  }

  protected override setExceptionBreakPointsRequest(
    response: DebugProtocol.SetExceptionBreakpointsResponse,
    { filters }: DebugProtocol.SetExceptionBreakpointsArguments,
  ): void {
    const has = (filter: string): boolean => filters.includes(filter);
    this.setStops({ faults: has("fault"), failures: has("failure"), order: has("order") });
    this.sendResponse(response);
  }

  protected override dataBreakpointInfoRequest(
    response: DebugProtocol.DataBreakpointInfoResponse,
    { variablesReference, name }: DebugProtocol.DataBreakpointInfoArguments,
  ): void {
    const held = variablesReference === undefined ? [] : (this.values.get(variablesReference) ?? []);
    const field = held.find((value) => value.name === name)?.field;
    response.body =
      field === undefined
        ? { dataId: null, description: l10n.t("Only a field that is loaded can be waited for.") }
        : { dataId: field, description: field, accessTypes: ["write"], canPersist: true };
    this.sendResponse(response);
  }

  protected override setDataBreakpointsRequest(
    response: DebugProtocol.SetDataBreakpointsResponse,
    { breakpoints }: DebugProtocol.SetDataBreakpointsArguments,
  ): void {
    this.setStops({ fields: new Set(breakpoints.map(({ dataId }) => dataId)) });
    response.body = { breakpoints: breakpoints.map(() => ({ verified: true })) };
    this.sendResponse(response);
  }

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    response.body = { threads: [new Thread(thread, l10n.t("destination"))] };
    this.sendResponse(response);
  }

  protected override stackTraceRequest(response: DebugProtocol.StackTraceResponse): void {
    const { runtime } = this;
    const frames = runtime?.step ? this.framesOf(runtime, runtime.step) : [];
    response.body = { stackFrames: frames, totalFrames: frames.length };
    this.sendResponse(response);
  }

  protected override scopesRequest(response: DebugProtocol.ScopesResponse): void {
    const { runtime } = this;
    const scope = (name: string, values: readonly Value[]): DebugProtocol.Scope =>
      new Scope(name, this.values.create(values), false);
    const scopes = runtime
      ? [
          scope(l10n.t("Fields loaded so far"), loadedFields(runtime)),
          scope(l10n.t("Section"), sectionValues(runtime)),
          scope(l10n.t("Machine"), machineValues(runtime)),
          scope(l10n.t("Translation"), translationValues(runtime)),
          scope(l10n.t("Devices loaded"), loadedDevices(runtime)),
          scope(l10n.t("Memory"), memoryValues(runtime)),
        ]
      : [];
    response.body = { scopes };
    this.sendResponse(response);
  }

  protected override variablesRequest(
    response: DebugProtocol.VariablesResponse,
    { variablesReference, start = 0, count }: DebugProtocol.VariablesArguments,
  ): void {
    const values = this.values.get(variablesReference) ?? [];
    const shown = values.slice(start, count === undefined || count === 0 ? undefined : start + count);
    response.body = { variables: shown.map((value) => this.variable(value)) };
    this.sendResponse(response);
  }

  protected override evaluateRequest(
    response: DebugProtocol.EvaluateResponse,
    { expression }: DebugProtocol.EvaluateArguments,
  ): void {
    const value = this.runtime && evaluate(this.runtime, expression);
    if (value === undefined) {
      const format = l10n.t("{0}: no field of this name has been loaded", expression);
      return this.sendErrorResponse(response, { id: 2, format, showUser: false });
    }
    const { value: result, ...rest } = this.variable(value);
    response.body = { result, ...rest };
    this.sendResponse(response);
  }

  protected override readMemoryRequest(
    response: DebugProtocol.ReadMemoryResponse,
    wanted: DebugProtocol.ReadMemoryArguments,
  ): void {
    this.answerMemory(response, wanted).catch((error: unknown) => this.refuse(response, error, false));
  }

  private async answerMemory(
    response: DebugProtocol.ReadMemoryResponse,
    { memoryReference, offset = 0, count }: DebugProtocol.ReadMemoryArguments,
  ): Promise<void> {
    const { runtime, launched, surroundings } = this;
    if (runtime) {
      const file = launched.stream;
      const read =
        file === undefined || file === ""
          ? undefined
          : (at: number, size: number): Promise<Uint8Array> => surroundings.read(file, at, size);
      response.body = await readMemory(runtime.load, { reference: memoryReference, offset, count }, read);
    }
    this.sendResponse(response);
  }

  protected override exceptionInfoRequest(response: DebugProtocol.ExceptionInfoResponse): void {
    const { runtime } = this;
    response.body = {
      exceptionId: "load",
      breakMode: "always",
      description: runtime?.step ? whatHappened(runtime, runtime.step) : "",
    };
    this.sendResponse(response);
  }

  protected override continueRequest(response: DebugProtocol.ContinueResponse): void {
    this.sendResponse(response);
    this.go((runtime) => runtime.continue());
  }

  protected override reverseContinueRequest(response: DebugProtocol.ReverseContinueResponse): void {
    this.sendResponse(response);
    this.go((runtime) => runtime.reverseContinue());
  }

  protected override nextRequest(response: DebugProtocol.NextResponse): void {
    this.sendResponse(response);
    this.go((runtime) => runtime.next());
  }

  protected override stepInRequest(response: DebugProtocol.StepInResponse): void {
    this.sendResponse(response);
    this.go((runtime) => runtime.stepIn());
  }

  protected override stepOutRequest(response: DebugProtocol.StepOutResponse): void {
    this.sendResponse(response);
    this.go((runtime) => runtime.stepOut());
  }

  protected override stepBackRequest(response: DebugProtocol.StepBackResponse): void {
    this.sendResponse(response);
    this.go((runtime) => runtime.stepBack());
  }

  protected override pauseRequest(response: DebugProtocol.PauseResponse): void {
    this.sendResponse(response);
    this.stopped("step");
  }

  protected override restartRequest(response: DebugProtocol.RestartResponse): void {
    this.runtime?.restart();
    this.sendResponse(response);
    this.stopped("entry");
  }

  protected override terminateRequest(response: DebugProtocol.TerminateResponse): void {
    this.sendResponse(response);
    this.sendEvent(new TerminatedEvent());
  }

  private setStops(some: Partial<Runtime["stops"]>): void {
    if (this.runtime) this.runtime.stops = { ...(this.runtime.stops ?? noStops), ...some };
  }

  /** Moves and tells where it stopped; from the load's end there is nowhere to go on to. */
  private go(move: (runtime: Runtime) => Reason): void {
    const { runtime } = this;
    if (!runtime) return;
    const before = runtime.at;
    const reason = move(runtime);
    if (reason === "end" && before === runtime.at) {
      this.sendEvent(new TerminatedEvent());
      return;
    }
    this.stopped(reason);
  }

  private stopped(reason: Reason): void {
    this.values.reset();
    const { runtime } = this;
    const step = runtime?.step;
    if (!runtime || !step) return;
    const text = whatHappened(runtime, step);
    if (reason === "exception" || reason === "end") this.say(`${text}\n`);
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(
      reason === "end" ? "pause" : reason,
      thread,
      reason === "exception" ? text : undefined,
    );
    event.body.allThreadsStopped = true;
    if (reason === "end") event.body.description = text;
    this.sendEvent(event);
  }

  private say(text: string): void {
    this.sendEvent(new OutputEvent(text, "console"));
  }

  private framesOf(runtime: Runtime, step: Step): DebugProtocol.StackFrame[] {
    const at = `0x${step.offset.toString(16)}`;
    return levelsOf(runtime, step).map(({ name, place }, index) => {
      const source = place && this.source(runtime, place);
      const line = place === undefined ? 0 : this.convertDebuggerLineToClient(place.line);
      return new StackFrame(index + 1, index === 0 ? `${name} (${at})` : name, source, line, source ? 1 : 0);
    });
  }

  private source({ load }: Runtime, { file }: InspectPlace): Source {
    return new Source(file.slice(file.lastIndexOf("/") + 1), this.surroundings.pathOf(load.tree, file));
  }

  private variable({ name, text, children, field, memory }: Value): DebugProtocol.Variable {
    return {
      name,
      value: text,
      variablesReference: children.length === 0 ? 0 : this.values.create(children),
      ...(field === undefined ? {} : { evaluateName: field.slice(field.indexOf("#") + 1) }),
      ...(memory === undefined ? {} : { memoryReference: memory }),
    };
  }
}
