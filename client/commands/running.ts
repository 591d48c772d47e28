import type { BaseLanguageClient } from "vscode-languageclient";
import type { Ctx } from "../ctx";
import type { Pages } from "../pages/pages";

/** What a command that needs the server gets. */
export interface Running {
  readonly ctx: Ctx;
  readonly client: BaseLanguageClient;
  readonly pages: Pages;
}
