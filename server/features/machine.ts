/** Load order and machines: custom requests for a client with views, executeCommand with text for one without. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import type { CancellationToken } from "vscode-languageserver";
import type { Coverage } from "../../core/code";
import type { LoadableProject } from "../../core/project";
import { allCoverage } from "../../core/code";
import { propertiesOfType } from "../../core/code/deviceProperties";
import { treeOrder } from "../../core/order";
import type { LoadOrder } from "../../core/order/order";
import { machineOrder, type Move, rearrangedInSteps, simulate, usualCommandLine } from "../../core/emulator";
import type { SimulationReport } from "../../core/emulator";
import type { ServerContext } from "../context";
import { answered, throwIfCancelled } from "../guard";
import { machinesOf, usualMachine } from "../machines";
import { methods, serverCommands } from "../protocol";
import type { CommandArgument, MachinesParams, MachinesResult, OrderParams, OrderResult } from "../protocol";
import type { PropertiesParams, PropertiesResult, SimulateParams, SimulateResult } from "../protocol";
import { requestProgress } from "../progress";
import type { TreeSession } from "../session";
import { coverageText } from "../../core/ide/text/coverage";
import { expandedTable } from "../../core/ide/text/expansion";
import { orderText } from "../../core/ide/text/order";
import { simulationText } from "../../core/ide/text/simulation";
import { plainStyle } from "../../core/ide/text/style";
import { endOfSlices, inSlices, nextTurn } from "../slices";
import { pathIn } from "../uris";
import { waitFor } from "../wait";
import type { Feature } from "./feature";

export const machine: Feature = {
  capabilities: () => ({ executeCommandProvider: { commands: Object.values(serverCommands) } }),
  register(context) {
    const { connection, log } = context;
    connection.onRequest(
      methods.order,
      answered(log, methods.order, async (params: OrderParams, token): Promise<OrderResult> => {
        const { session, project } = await treeFor(context, params.uri, token);
        return { ...orderFor(project, params.machine), tree: session.root };
      }),
    );
    connection.onRequest(
      methods.simulate,
      answered(log, methods.simulate, async (params: SimulateParams, token): Promise<SimulateResult> => {
        const { session, project } = await treeFor(context, params.uri, token);
        const line = params.machine ?? configuredMachine(context, project);
        const progress = requestProgress(connection, params.workDoneToken, "Simulating");
        await nextTurn();
        throwIfCancelled(token);
        const started = performance.now();
        try {
          const { machine: machineType, ...report } = simulated(project, line, progress.report, params.move);
          const milliseconds = performance.now() - started;
          const { revision } = project;
          const same = params.move && (await endOfSlices(rearrangedInSteps(project, line, params.move), token));
          const isCurrent = project.revision === revision;
          const moved =
            params.move && isCurrent && same?.ok && same.value
              ? { moved: { move: params.move, same: same.value } }
              : {};
          return { ...report, tree: session.root, machine: line, machineType, milliseconds, ...moved };
        } finally {
          progress.done();
        }
      }),
    );
    connection.onRequest(
      methods.machines,
      answered(log, methods.machines, async (params: MachinesParams, token): Promise<MachinesResult> => {
        const { project } = await treeFor(context, params.uri, token);
        return machinesOf(project);
      }),
    );
    connection.onRequest(
      methods.properties,
      answered(log, methods.properties, async (params: PropertiesParams, token): Promise<PropertiesResult> => {
        const { project } = await treeFor(context, params.uri, token);
        const properties = propertiesOfType(project, params.device).map(({ name, kind, byDefault }) => ({
          name,
          kind,
          ...(byDefault === undefined ? {} : { byDefault: String(byDefault) }),
        }));
        return { properties };
      }),
    );
    connection.onExecuteCommand(
      answered(log, "executeCommand", async (params, token): Promise<string> => {
        const argument = readArgument(params.arguments?.[0]);
        const { session, project } = await treeFor(context, argument.uri, token);
        switch (params.command) {
          case serverCommands.order: {
            const order = orderFor(project, argument.machine);
            return orderText(order, plainStyle, { all: argument.machine !== undefined });
          }
          case serverCommands.simulate: {
            const report = simulated(project, argument.machine ?? configuredMachine(context, project));
            return simulationText(report, { style: plainStyle, all: false });
          }
          case serverCommands.coverage: {
            const path = argument.uri === undefined ? undefined : pathIn(session.root, argument.uri);
            const found: Coverage[] = [];
            await inSlices(allCoverage(project), token, (coverage) => {
              const { file } = coverage.description;
              if (path === undefined || file === path || file.startsWith(`${path}/`)) found.push(coverage);
            });
            throwIfCancelled(token);
            return coverageText(project, found, plainStyle);
          }
          case serverCommands.expand: {
            const symbol = argument.description ?? "";
            const path = argument.uri === undefined ? undefined : pathIn(session.root, argument.uri);
            const text = expandedTable(project, symbol, path);
            if (text === undefined) throw failed(`no table ${symbol} in this tree: name one as \`description\``);
            return text;
          }
          default:
            throw new ResponseError(LSPErrorCodes.RequestFailed, `no command ${params.command}`);
        }
      }),
    );
  },
};

interface IndexedTree {
  readonly session: TreeSession;
  readonly project: LoadableProject;
}

/** The tree a request is about, indexed. Fails with a sentence where there is none. */
export async function treeFor(
  context: ServerContext,
  uri: string | undefined,
  token: CancellationToken,
): Promise<IndexedTree> {
  const session = await waitFor(context.workspace.sessionFor(uri), token);
  if (session === undefined) throw failed("no QEMU source tree is open");
  return { session, project: await waitFor(session.indexed(), token) };
}

export function failed(message: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}

function orderFor(project: LoadableProject, line: string | undefined): LoadOrder {
  if (line === undefined || line.trim() === "") return treeOrder(project);
  const order = machineOrder(project, line);
  if (!order.ok) throw failed(order.message);
  return order.value;
}

/** The setting; untouched, it gives way to a machine that the tree can make. */
export function configuredMachine({ settings }: ServerContext, project: LoadableProject): string {
  const { machine } = settings();
  return machine === usualCommandLine ? usualMachine(project) : machine;
}

function simulated(
  project: LoadableProject,
  line: string,
  progress?: (done: number, label: string) => void,
  move?: Move,
): SimulationReport {
  const report = simulate(project, {
    machine: line,
    ...(progress === undefined ? {} : { progress }),
    ...(move === undefined ? {} : { moves: [move] }),
  });
  if (!report.ok) throw failed(report.message);
  return report.value;
}

/** Arguments come from editors' settings and users: nothing about them is certain. */
function readArgument(input: unknown): CommandArgument {
  if (typeof input === "string") return { uri: input };
  if (typeof input !== "object" || input === null) return {};
  const text = (key: keyof CommandArgument): string | undefined => {
    const value: unknown = Object.hasOwn(input, key) ? Reflect.get(input, key) : undefined;
    return typeof value === "string" ? value : undefined;
  };
  const uri = text("uri");
  const description = text("description");
  const line = text("machine");
  return {
    ...(uri === undefined ? {} : { uri }),
    ...(description === undefined ? {} : { description }),
    ...(line === undefined ? {} : { machine: line }),
  };
}
