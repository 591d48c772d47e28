import type { ServerCapabilities } from "vscode-languageserver";
import type { ClientSupport, ServerContext } from "../context";

/** One thing an editor can ask. Capabilities are announced before, handlers registered after `initialize` is answered. */
export interface Feature {
  capabilities?(client: ClientSupport): Partial<ServerCapabilities>;
  register(context: ServerContext): void;
}
