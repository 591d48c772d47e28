/** What one version's boards send in lists that code builds, and the other's refuse: known by running that code on both. */
import { type Board, buildBoard, cpuModels, memberOfDevice } from "../board";
import type { Project } from "../project/project";
import type { WireDescription } from "../wire";
import { type BuiltLists, builtLists, listsSent, listsTaken, notIn } from "./builtLists";

export interface ListSide {
  readonly project: Project;
  readonly label: string;
}

/** Of one table, from one side to the other. */
export interface ListVerdict {
  readonly saver: WireDescription;
  readonly loader: WireDescription;
  /** The member that counts them. */
  readonly count: string;
  /** For people; undefined: boards with all CPUs that the machine type lists take them. */
  readonly refused: string | undefined;
}

/** How many boards are built at most: a tree may be a stranger's, and list CPUs without end. */
export interface ListBounds {
  readonly cpus: number;
  /** That all boards take together to be built. */
  readonly steps: number;
}

const usual: ListBounds = { cpus: 100, steps: 50_000_000 };

/** Whether the target has a table with such lists at all: where it has none, no board needs to be built. */
export function hasBuiltLists(project: Project): boolean {
  return [...project.descriptions()].some(
    (description) =>
      description.fields.some(({ numMember }) => numMember !== undefined) &&
      project.compiles(description.file) !== "false" &&
      builtLists(project, description) !== undefined,
  );
}

/**
 * Both ways, those from `old` first, on a machine type that both have. Boards of all CPUs are built until each way is refused with one. Of what
 * is not known with some CPU, or past a bound, and refused with none, nothing is said.
 */
export function listVerdicts(
  old: ListSide,
  next: ListSide,
  machine: string,
  report: (cpu: number, of: number) => void = () => undefined,
  bounds = usual,
): readonly (readonly ListVerdict[])[] {
  const ways = [new Map<string, Found>(), new Map<string, Found>()] as const;
  const work: Work = { steps: 0 };
  let models: readonly (string | undefined)[] = [undefined];
  let isWhole = true;
  for (let k = 0; k < models.length; k++) {
    if (k > bounds.cpus || work.steps > bounds.steps) {
      isWhole = false;
      break;
    }
    report(k + 1, models.length);
    const model = models[k];
    const [a, b] = [made(old, machine, model, work), made(next, machine, model, work)];
    if (k === 0 && a !== undefined) models = [undefined, ...cpuModels(a.board)];
    if (a === undefined || b === undefined) continue;
    const cpu = model === undefined ? "" : ` -cpu ${model}`;
    compare(ways[0], a, b, `-M ${machine}${cpu}`);
    compare(ways[1], b, a, `-M ${machine}${cpu}`);
    // by now those of the hooks
    work.steps += a.board.runner.steps + b.board.runner.steps;
    if (ways.every((way) => [...way.values()].every(({ verdict }) => verdict.refused !== undefined))) break;
  }
  return ways.map((way) =>
    [...way.values()].flatMap(({ verdict, isKnown }) =>
      verdict.refused !== undefined || (isKnown && isWhole) ? verdict : [],
    ),
  );
}

interface Work {
  /** Of all boards so far. */
  steps: number;
}

interface Found {
  readonly verdict: ListVerdict;
  /** Of all CPUs so far. */
  readonly isKnown: boolean;
}

interface Made {
  readonly label: string;
  readonly board: Board;
  /** The same, on which nothing has run. */
  readonly fresh: () => Board | undefined;
  /** By the description's name; the first of several devices stands for all. */
  readonly sections: ReadonlyMap<string, Section>;
}

interface Section {
  readonly idstr: string;
  readonly instanceId: number;
  readonly built: BuiltLists;
  /** What the board sends, and how many elements it takes at most; undefined: not known. */
  readonly own: ReturnType<typeof listsSent>;
  readonly most: bigint | undefined;
}

/** undefined where the board is not built, as of a CPU that the machine does not take. */
function made({ project, label }: ListSide, machine: string, model: string | undefined, work: Work): Made | undefined {
  const options = model === undefined ? [] : [{ name: "cpu", value: model }];
  const fresh = (): Board | undefined => {
    const board = buildBoard(project, machine, { options });
    work.steps += board?.runner.steps ?? 0;
    return board;
  };
  const board = fresh();
  if (board === undefined || board.refused !== undefined) return undefined;
  const sections = new Map<string, Section>();
  for (const { idstr, instanceId, owner } of board.registry.handlers) {
    const built = owner.description && builtLists(project, owner.description);
    if (built === undefined || sections.has(built.schema.name)) continue;
    const section = { idstr, instanceId };
    // before anything runs on the board
    const most = built.isBounded ? memberOfDevice(board, section, built.structName, built.count) : undefined;
    sections.set(built.schema.name, { ...section, built, most, own: listsSent(board, section, built) });
  }
  return { label, board, fresh, sections };
}

function compare(found: Map<string, Found>, from: Made, to: Made, line: string): void {
  for (const [name, sent] of from.sections) {
    const there = to.sections.get(name);
    const before = found.get(name);
    if (there === undefined || before?.verdict.refused !== undefined) continue;
    const answer = answerOf(from, sent, to, there);
    const refused = answer.refused === undefined ? undefined : `With ${line}, ${answer.refused}.`;
    const verdict = { saver: sent.built.schema, loader: there.built.schema, count: there.built.count, refused };
    found.set(name, { verdict, isKnown: (before?.isKnown ?? true) && answer.isKnown });
  }
}

function answerOf(from: Made, sent: Section, to: Made, there: Section): { refused?: string; isKnown: boolean } {
  const { own, built } = sent;
  const { hook, isBounded, lists, count } = there.built;
  const length = own?.get(built.count);
  if (own === undefined || there.own === undefined || typeof length !== "bigint") return { isKnown: false };
  const given = new Map([[count, length], ...[...own].filter(([path]) => path !== built.count)] as const);
  const what = `${from.label} sends ${length} elements of ${built.schema.name}/${lists[0]}`;
  const but = notIn(given, there.own, there.built);
  if (isBounded && there.most === undefined) return { isKnown: false };
  if (there.most !== undefined && length > there.most)
    return { refused: `${what}, and ${to.label} takes ${there.most} at most${but}`, isKnown: true };
  const fresh = to.fresh();
  if (fresh === undefined) return { isKnown: false };
  const answer = listsTaken({ used: to.board, fresh }, there, there.built, there.own, given);
  if (answer.kind === "refuses")
    return { refused: `${what}, and ${hook}() of ${to.label} refuses them${but}`, isKnown: true };
  return { isKnown: answer.kind === "takes" };
}
