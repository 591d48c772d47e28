import type { Target } from "../target";
import { dap, frames, lsp } from "./protocols";
import { c, rust, workspace } from "./sources";
import { stream, trailer } from "./streams";

export const targets: readonly Target[] = [stream, trailer, c, rust, workspace, lsp, frames, dap];
