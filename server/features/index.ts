import { callHierarchy } from "./callHierarchy";
import { completion } from "./completion";
import { definition } from "./definition";
import { diagnostics } from "./diagnostics";
import { explain } from "./explain";
import { expand } from "./expand";
import type { Feature } from "./feature";
import { fileEvents } from "./fileEvents";
import { folding } from "./folding";
import { hover } from "./hover";
import { inlayHints } from "./inlayHints";
import { lenses } from "./lenses";
import { machine } from "./machine";
import { members } from "./members";
import { memory } from "./memory";
import { move } from "./move";
import { quickFixes } from "./quickFixes";
import { references } from "./references";
import { rename } from "./rename";
import { semanticTokens } from "./semanticTokens";
import { signatureHelp } from "./signatureHelp";
import { symbols } from "./symbols";
import { verdicts } from "./verdicts";
import { workspaceDiagnostics } from "./workspaceDiagnostics";

/** What the server offers wherever it runs. */
export const features: readonly Feature[] = [
  diagnostics,
  workspaceDiagnostics,
  quickFixes,
  fileEvents,
  machine,
  memory,
  move,
  members,
  hover,
  definition,
  references,
  rename,
  symbols,
  lenses,
  inlayHints,
  folding,
  semanticTokens,
  completion,
  signatureHelp,
  callHierarchy,
  expand,
  explain,
  verdicts,
];
