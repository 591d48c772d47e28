/** What may be typed next on a command line, asked of the server. */
import type { BaseLanguageClient } from "vscode-languageclient";
import { methods } from "../../server/protocol";
import type {
  MachinesParams,
  MachinesResult,
  PropertiesParams,
  PropertiesResult,
  Property,
} from "../../server/protocol";
import type { Ctx } from "../ctx";
import { completeCommandLine, type Completion, deviceAtEnd } from "../shared/commandLine";

/** A tree's devices are asked for again after so many ms: somebody types meanwhile. */
const fresh = 20_000;

let asked: { readonly client: BaseLanguageClient; readonly at: number; readonly machines: MachinesResult } | undefined;

/** Of the first tree. Empty where there is no server to ask. */
export async function completionsOf(ctx: Ctx, line: string): Promise<readonly Completion[]> {
  const client = ctx.running;
  if (client === undefined) return [];
  if (asked?.client !== client || performance.now() - asked.at > fresh) {
    const machines = await client.sendRequest<MachinesResult>(methods.machines, {} satisfies MachinesParams);
    asked = { client, at: performance.now(), machines };
  }
  return completeCommandLine(line, asked.machines, await propertiesAt(client, undefined, line));
}

/** Properties of the device that the end of the line says more about. */
export async function propertiesAt(
  client: BaseLanguageClient,
  uri: string | undefined,
  line: string,
): Promise<readonly Property[]> {
  const device = deviceAtEnd(line);
  if (device === undefined) return [];
  const params: PropertiesParams = { device, ...(uri === undefined ? {} : { uri }) };
  const { properties } = await client.sendRequest<PropertiesResult>(methods.properties, params);
  return properties;
}
