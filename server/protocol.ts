/**
 * What client and server say to each other beyond the language server protocol.
 *
 * Invariant: types and method names only; nothing here imports a protocol library, so either side may bundle it.
 * Every path is relative to its tree, with `/`; every position is zero-based, as in the protocol. All requests accept
 * `workDoneToken` (progress comes as `$/progress`) and are cancelled with `$/cancelRequest`, answered by -32800.
 */
import type { InspectParams, InspectResult } from "./protocol/inspect";
import type { LoadOrder } from "../core/order/order";
import type { PositionRange } from "../core/c/range";
import type { Severity, Verdict } from "../core/check/diagnostic";
import type { MemberFate } from "../core/ide/table/members";
import type { Move, Rearranged } from "../core/emulator";
import type { SimulationReport } from "../core/emulator/migration/report";

export const methods = {
  /** Request OrderParams -> OrderResult. */
  order: "vmstate/order",
  /** Request SimulateParams -> SimulateResult. */
  simulate: "vmstate/simulate",
  /** Request MemoryParams -> MemoryResult: what a simulated destination has in its memory. */
  memory: "vmstate/memory",
  /** Request MachinesParams -> MachinesResult. */
  machines: "vmstate/machines",
  /** Request PropertiesParams -> PropertiesResult: what may stand behind a device on a command line. */
  properties: "vmstate/properties",
  /** Request ExpandParams -> ExpandResult: a table after macro expansion, as text. */
  expand: "vmstate/expand",
  /** Request ExplainParams -> ExplainResult: what the messages of a log mean. */
  explain: "vmstate/explain",
  /** Request MoveParams -> MoveResult: the edit that puts a table at another level. */
  move: "vmstate/moveToLevel",
  /** Request MembersParams -> MembersResult: what becomes of each member of the structs of a file. */
  members: "vmstate/members",
  /** Request InspectParams -> InspectResult: what a migration stream holds. */
  inspect: "vmstate/inspect",
  /** Request StreamBytesParams -> string, base64: bytes of a stream that is not the file itself, as of one that is packed. */
  streamBytes: "vmstate/streamBytes",
  /** Request LoadParams -> LoadResult: a load from its first byte to its last, to be stepped through. */
  load: "vmstate/load",
  /** Request TryLoadParams -> TryLoadResult: what a stream's load comes to, as it is or with bytes changed. */
  tryLoad: "vmstate/tryLoad",
  /** Notification VerdictsParams, from the client: what runs of a QEMU said of findings, to be shown with them. */
  verdicts: "vmstate/verdicts",
  /** Notification ServerStatus, from the server: after each change of state. */
  status: "vmstate/status",
} as const;

/** What a server asks its client about files that are on no disk, or when it runs in a browser's worker. Paths it may answer beyond those wanted do no harm. */
export const fileMethods = {
  /** Request ListFilesParams -> ListFilesResult, from the server. */
  list: "vmstate/files/list",
  /** Request ReadFilesParams -> ReadFilesResult, from the server. */
  read: "vmstate/files/read",
} as const;

export interface ListFilesParams {
  /** URI. */
  readonly folder: string;
  /** The folder's own files only. */
  readonly shallow: boolean;
}

export interface ListFilesResult {
  /** Relative to the folder: C sources, `qapi/*.json`, Kconfig files and `configs/`. */
  readonly paths: readonly string[];
}

export interface ReadFilesParams {
  readonly uris: readonly string[];
}

export interface ReadFilesResult {
  /** In the order asked for; null for what cannot be read as text. */
  readonly texts: readonly (string | null)[];
}

/** Commands of workspace/executeCommand. Each takes one CommandArgument and answers with text (a string). */
export const serverCommands = {
  order: "vmstate.server.order",
  simulate: "vmstate.server.simulate",
  /** Members that change while the guest runs and are not saved: of the file at `uri`, of the tree without one. */
  coverage: "vmstate.server.coverage",
  /** The table `description` after macro expansion; of several of that name the one in the file at `uri`. */
  expand: "vmstate.server.expand",
} as const;

/**
 * Commands that code lenses carry; the client registers them (a server has no view to open). Arguments: one
 * CommandArgument, or for showReferences (uri, position, locations) as plain protocol values.
 */
export const clientCommands = {
  simulate: "vmstate.simulate",
  order: "vmstate.showLoadOrder",
  showReferences: "vmstate.showReferences",
  expand: "vmstate.showExpandedTable",
  /** Carried by a code action, with one ConfirmArgument. */
  confirm: "vmstate.confirm",
} as const;

/** Documents of the server, `vmstate-table:/SYMBOL.c?URI`: a table after macro expansion; URI is that of its file. */
export const tableScheme = "vmstate-table";

/** Where a command was asked for. Without `uri` the first tree is meant. */
export interface CommandArgument {
  readonly uri?: string;
  /** Symbol of a description: `vmstate_e1000e`. */
  readonly description?: string;
  readonly machine?: string;
}

/** A finding that a run can show. */
export interface ConfirmArgument {
  readonly uri: string;
  /** Zero-based. */
  readonly line: number;
}

/** Names the tree that a request is about: any file or folder in it. Without it, the first tree. */
export interface TreeParams {
  readonly uri?: string;
  readonly workDoneToken?: string | number;
}

// ---- vmstate/status ------------------------------------------------------------------------------------------------

export type ServerState =
  /** No folder, or none of them is a QEMU tree: single files are read as far as their text goes. */
  | "no-tree"
  | "indexing"
  | "ready"
  /** The index could not be built; `message` says why. */
  | "failed";

export interface ServerStatus {
  readonly health: "ok" | "warning" | "error";
  readonly state: ServerState;
  /** One sentence for a person. */
  readonly message: string;
  /** Root of the tree as a URI; undefined without one. */
  readonly tree?: string;
  /** `10.2.2`, from the tree's VERSION file. */
  readonly version?: string;
  /** Why tables are not compared with the baseline that is set; undefined where they are, or where none is set. */
  readonly baselineOff?: string;
  /** C files read so far, and how many there are; equal when ready. */
  readonly files: number;
  readonly filesTotal: number;
  /** VMStateDescriptions found so far. */
  readonly descriptions: number;
  /** Time the index took; undefined while it is built. */
  readonly milliseconds?: number;
}

// ---- vmstate/verdicts ------------------------------------------------------------------------------------------------

export type { Verdict } from "../core/check/diagnostic";

/** Each takes the place of what the same QEMU said of that finding before. */
export interface VerdictsParams extends TreeParams {
  readonly findings: readonly JudgedFinding[];
}

/** As `confirm check --format json` prints it. */
export interface JudgedFinding {
  readonly file: string;
  readonly code: string;
  readonly message: string;
  readonly verdict: Verdict;
}

// ---- vmstate/order -------------------------------------------------------------------------------------------------

export interface OrderParams extends TreeParams {
  /** QEMU command line (`-M q35 -device intel-iommu`) or preset name; without it the order of all descriptions. */
  readonly machine?: string;
}

export type { DependencyKind, OrderEdge, OrderEntry, OrderLevel } from "../core/order/order";
export type { Evidence as OrderEvidence } from "../core/order/order";

/** The command line's `order --format json`, with the tree that its paths are relative to. */
export interface OrderResult extends LoadOrder {
  readonly tree: string;
}

// ---- vmstate/moveToLevel ---------------------------------------------------------------------------------------------

export interface MoveParams extends TreeParams {
  /** The description's C symbol, and the file that defines it: statics of one name are in many files. */
  readonly symbol: string;
  readonly file: string;
  /** Name of a level of the tree's MigrationPriority. */
  readonly level: string;
}

export interface MoveResult {
  readonly uri: string;
  /** Of the document that the edits are for; null where it is not open. */
  readonly version: number | null;
  /** LSP TextEdits. */
  readonly edits: readonly { readonly range: EditRange; readonly newText: string }[];
}

interface EditRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

// ---- vmstate/members -------------------------------------------------------------------------------------------------

export interface MembersParams {
  /** Of the file. */
  readonly uri: string;
}

export type { MemberFate } from "../core/ide/table/members";

export interface MembersResult {
  /** Empty where the setting `vmstate.structMarks` is off. */
  readonly members: readonly { readonly range: EditRange; readonly fate: MemberFate; readonly why: string }[];
}

// ---- vmstate/simulate ----------------------------------------------------------------------------------------------

export interface SimulateParams extends TreeParams {
  /** QEMU command line or preset name; without it the setting `vmstate.machine`. */
  readonly machine?: string;
  /** A section that is sent elsewhere than the handler list says. */
  readonly move?: Move;
}

export type { Move as SimulateMove, Rearranged as SimulateRearranged } from "../core/emulator";
export type {
  ReportEvent as SimulateEvent,
  ReportFailure as SimulateFailure,
  ReportSection as SimulateSection,
} from "../core/emulator/migration/report";
export type { ReportWalk as SimulateWalk, ReportWalkStep as SimulateWalkStep } from "../core/emulator/migration/walk";

/** The command line's `simulate --format json`, with what the page shows beside it. */
export interface SimulateResult extends Omit<SimulationReport, "machine"> {
  readonly tree: string;
  /** Command line that was simulated. */
  readonly machine: string;
  /** `pc-q35-10.2` */
  readonly machineType: string;
  readonly milliseconds: number;
  /** The move that was asked for, and what would do the same. */
  readonly moved?: { readonly move: Move; readonly same: Rearranged };
}

// ---- vmstate/memory ------------------------------------------------------------------------------------------------

/** The simulation is run again: it is deterministic, and its memory is kept by nobody. */
export interface MemoryParams extends TreeParams {
  readonly machine: string;
  readonly move?: Move;
  /** Hexadecimal, with 0x. */
  readonly address: string;
}

export type { MemoryView as MemoryResult, PageUse as MemoryUse } from "../core/emulator";

// ---- vmstate/machines ----------------------------------------------------------------------------------------------

export type MachinesParams = TreeParams;

export interface MachinePreset {
  readonly name: string;
  readonly title: string;
  /** `-M q35 -device intel-iommu -device ich9-ahci` */
  readonly commandLine: string;
}

export interface MachinesResult {
  readonly presets: readonly MachinePreset[];
  /** Machine types that can be emulated, for `-M`. */
  readonly machines: readonly string[];
  /** Device types of the tree that can stand behind `-device`. */
  readonly devices: readonly string[];
}

// ---- vmstate/properties --------------------------------------------------------------------------------------------

export interface PropertiesParams extends TreeParams {
  /** QOM type: `e1000e`. */
  readonly device: string;
}

export interface PropertiesResult {
  readonly properties: readonly Property[];
}

export interface Property {
  readonly name: string;
  /** As in qdev_prop_<kind>: `bool`, `uint32`. */
  readonly kind: string;
  /** Decimal; absent where it has no default that is a number. */
  readonly byDefault?: string;
}

// ---- vmstate/explain -----------------------------------------------------------------------------------------------

export interface ExplainParams extends TreeParams {
  /** The log, or some lines of it. */
  readonly log: string;
}

export interface ExplainResult {
  /** Places are URIs with a line: `file:///qemu/migration/savevm.c#L2741`. */
  readonly text: string;
  /** Messages of the tree that were found. */
  readonly found: number;
}

// ---- vmstate/expand ------------------------------------------------------------------------------------------------

export interface ExpandParams extends TreeParams {
  readonly symbol: string;
}

export interface ExpandResult {
  /** The table, or why it cannot be shown. */
  readonly text: string;
}

// ---- vmstate/inspect -----------------------------------------------------------------------------------------------

export type * from "./protocol/inspect";

// ---- vmstate/load --------------------------------------------------------------------------------------------------

/** Either a machine's simulated stream or a stream's file; `machine` says the destination of the latter. */
export interface LoadParams extends TreeParams {
  readonly machine?: string;
  /** URI of a stream's file. */
  readonly stream?: string;
}

export interface LoadResult {
  readonly stream: InspectResult;
  /** What the destination made of it, section by section. */
  readonly report: Omit<SimulationReport, "machine">;
  /** Root of the tree as a URI. */
  readonly tree: string;
  /** Command line of the machine; "" where the stream's own was guessed. */
  readonly machine: string;
  /** The stream's bytes in base64; absent for a file, which the client reads by itself. */
  readonly bytes?: string;
  /** Pages of the destination's memory that hold something; empty for a file. */
  readonly memory: readonly LoadedPage[];
}

export interface LoadedPage {
  readonly address: number;
  /** Base64. */
  readonly bytes: string;
}

// ---- vmstate/tryLoad -----------------------------------------------------------------------------------------------

export interface TryLoadParams extends InspectParams {
  /** Command line of the destination; without it the stream's own machine. */
  readonly machine?: string;
}

/** As in the report of a load. */
export type TryLoadResult = Pick<SimulationReport, "outcome" | "failure" | "open" | "assumed" | "notes">;

// ---- settings ------------------------------------------------------------------------------------------------------

export type RuleSeverity = Severity | "off";

/** Section `vmstate` of the editor's settings; server/settings.ts holds defaults and validation. */
export interface Settings {
  /** `vmstate.tree`: QEMU source tree to read where the workspace folder is none (out-of-tree devices). Empty: find it. */
  readonly tree: string;
  /** `vmstate.target`: target whose layout and `#if`s count. */
  readonly target: string;
  /** `vmstate.build`: folder that the tree is built in, absolute or relative to it. Empty: `build`, where it is configured. */
  readonly build: string;
  /** `vmstate.exclude`: globs of paths that are not read, relative to the tree. */
  readonly exclude: readonly string[];
  /** `vmstate.baseline`: revision that edits are compared with; `auto`: the latest release before HEAD; empty: none. */
  readonly baseline: string;
  /** `vmstate.machine`: what "Simulate Migration" starts with. */
  readonly machine: string;
  /** `vmstate.diagnostics`: report open files only, or all files of the tree. */
  readonly diagnostics: "openFiles" | "workspace";
  /** `vmstate.review`: where findings that somebody has to judge are told: in changed code, or everywhere. */
  readonly review: "changed" | "all";
  /** `vmstate.rules`: severity by rule code; `off` switches it off. */
  readonly rules: Readonly<Record<string, RuleSeverity>>;
  /** `vmstate.codeLens`: show lenses above tables. */
  readonly codeLens: boolean;
  /** `vmstate.inlayHints`: show sizes and levels inside tables. */
  readonly inlayHints: boolean;
  /** `vmstate.qemu`: the program that *Confirm with QEMU* runs, read by the client alone. */
  readonly qemu: string;
  /** `vmstate.structMarks`: answer what becomes of the members of structs. */
  readonly structMarks: boolean;
  /** `vmstate.trace.server`: log of the protocol, read by the client. */
  readonly trace: { readonly server: "off" | "messages" | "verbose" };
}

/** Sent in `initializationOptions`. */
export interface InitializationOptions {
  readonly settings?: unknown;
  /** The client answers `fileMethods`, for folders that are on no disk. */
  readonly files?: boolean;
  /** VMState's own client: handles `clientCommands`, so lenses may carry them, and listens to `vmstate/status`. */
  readonly clientCommands?: boolean;
}

/** `data` of each published diagnostic: what a quick fix needs to find itself again. */
export interface DiagnosticData {
  readonly range: PositionRange;
  readonly version: number | null;
}
