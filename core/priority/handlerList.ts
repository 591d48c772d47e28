import { createIdIndex } from "./idIndex";
import type { LevelScheme } from "./levels";
import { createNameIndex, type IdName } from "./nameIndex";

/** VMSTATE_INSTANCE_ID_ANY: the registry picks the next free instance id. */
export const anyInstance = 0xffffffff;
/** The alias id of an entry that has none. */
export const noAlias = 0xffffffff;
/** Bytes of SaveStateEntry.idstr without its terminator. */
const idstrLimit = 255;

/** The name and instance under which versions before device paths knew an entry. */
export interface CompatEntry {
  readonly idstr: string;
  readonly instanceId: number;
}

/** One entry of savevm_state.handlers, to be held and not copied: what it says of its names is computed. `owner` is whatever the caller keeps beside it. */
export interface SaveStateEntry<Owner> {
  readonly idstr: string;
  readonly instanceId: number;
  readonly aliasId: number;
  readonly sectionId: number;
  readonly level: number;
  /** C symbol of the description; undefined for live handlers. */
  readonly description: string | undefined;
  /** Set for handlers with a save_setup: they are sent while the machine runs. */
  readonly isRam: boolean;
  readonly earlySetup: boolean;
  readonly compat: CompatEntry | undefined;
  readonly owner: Owner;
}

export interface DescriptionRegistration<Owner> {
  /** What vmstate_if_get_id gives: a device path such as `0000:00:05.0`, or undefined where there is none. */
  readonly path?: string | undefined;
  /** The description's name. */
  readonly name: string;
  /** `anyInstance` for the next free one. */
  readonly instanceId: number;
  readonly aliasId?: number | undefined;
  readonly description: string;
  readonly level: number;
  readonly earlySetup?: boolean;
  readonly owner: Owner;
}

export interface LiveRegistration<Owner> {
  readonly idstr: string;
  readonly instanceId: number;
  readonly isRam: boolean;
  readonly owner: Owner;
}

/** Why QEMU would refuse or stop, with QEMU's own words. */
export type RegistrationResult<Owner> =
  | { readonly kind: "registered"; readonly entry: SaveStateEntry<Owner> }
  | { readonly kind: "path-too-long"; readonly message: string }
  | { readonly kind: "duplicate"; readonly message: string; readonly existing: SaveStateEntry<Owner> }
  | { readonly kind: "assertion"; readonly message: string };

export interface HandlerListOptions {
  readonly scheme: LevelScheme;
  /** QEMU stops at a second entry of equal idstr and instance id since 8.2; before, both were kept without a word. */
  readonly duplicates: "refuse" | "keep";
}

/** What the list holds. */
export interface Handlers<Owner> extends Iterable<SaveStateEntry<Owner>> {
  readonly size: number;
  /** The entry a section of that name and instance is loaded into. Follows find_se. */
  find(idstr: string, instanceId: number): SaveStateEntry<Owner> | undefined;
}

export interface HandlerList<Owner> extends Handlers<Owner> {
  /** Follows vmstate_register_with_alias_id. */
  register(registration: DescriptionRegistration<Owner>): RegistrationResult<Owner>;
  /** Follows register_savevm_live: no description, so always at the default level. */
  registerLive(registration: LiveRegistration<Owner>): RegistrationResult<Owner>;
  /** Takes a section id for an entry whose name nobody knows. */
  skip(): void;
  /** False where the entry is not, or no longer, in the list. */
  remove(entry: SaveStateEntry<Owner>): boolean;
}

class Node<Owner> implements SaveStateEntry<Owner> {
  previous: Node<Owner> | undefined = undefined;
  next: Node<Owner> | undefined = undefined;
  bucket: Bucket<Owner> | undefined = undefined;
  constructor(
    /** What idstr is made of. */
    readonly path: string | undefined,
    readonly name: string,
    readonly instanceId: number,
    readonly aliasId: number,
    readonly sectionId: number,
    readonly level: number,
    readonly description: string | undefined,
    readonly isRam: boolean,
    readonly earlySetup: boolean,
    readonly compatName: string | undefined,
    readonly compatId: number,
    readonly owner: Owner,
  ) {}

  // Made when asked for: most of a long list is never looked at.
  get idstr(): string {
    return this.path === undefined ? this.name : `${this.path}/${this.name}`;
  }

  get compat(): CompatEntry | undefined {
    return this.compatName === undefined ? undefined : { idstr: this.compatName, instanceId: this.compatId };
  }
}

/** The entries of one level, in order of registration. */
interface Bucket<Owner> {
  readonly level: number;
  first: Node<Owner> | undefined;
  last: Node<Owner> | undefined;
}

/**
 * QEMU's list of savevm handlers: highest level first, registration order within a level.
 *
 * Invariant: insertion and removal touch one bucket and the name index only, never the other entries, so both take
 * constant time for any number of entries and levels; levels are sorted when the list is walked after a new one came.
 */
export function createHandlerList<Owner>(options: HandlerListOptions): HandlerList<Owner> {
  const { scheme } = options;
  const buckets = new Map<number, Bucket<Owner>>();
  let sorted: Bucket<Owner>[] | undefined;
  const names = createNameIndex<Node<Owner>>((node) => node.instanceId);
  const compatNames = createIdIndex<Node<Owner>>((node) => node.compatId);
  /** Whether a compat name can be mistaken for a path and a name. */
  let compatSlash = false;
  let nextSectionId = 0;
  let size = 0;

  function bucketOf(level: number): Bucket<Owner> {
    const existing = buckets.get(level);
    if (existing !== undefined) return existing;
    const bucket: Bucket<Owner> = { level, first: undefined, last: undefined };
    buckets.set(level, bucket);
    sorted = undefined;
    return bucket;
  }

  function before(a: Node<Owner>, b: Node<Owner>): boolean {
    return a.level === b.level ? a.sectionId < b.sectionId : a.level > b.level;
  }

  function find(of: IdName, instanceId: number): Node<Owner> | undefined {
    let best: Node<Owner> | undefined;
    for (const node of names.matching(of, instanceId)) if (best === undefined || before(node, best)) best = node;
    if (of.path !== undefined && !compatSlash) return best;
    const idstr = of.path === undefined ? of.name : `${of.path}/${of.name}`;
    for (const node of compatNames.matching(idstr, instanceId)) {
      if (node.idstr.includes(idstr) && (best === undefined || before(node, best))) best = node;
    }
    return best;
  }

  /** `free`: its idstr is not in use. */
  function insert(node: Node<Owner>, free: boolean): RegistrationResult<Owner> {
    if (node.compatName !== undefined && node.instanceId !== 0) {
      const message = "vmstate_register_with_alias_id: Assertion `!se->compat || se->instance_id == 0' failed.";
      return { kind: "assertion", message };
    }
    if (scheme.maximum !== undefined && node.level > scheme.maximum) {
      const message = "savevm_state_handler_insert: Assertion `priority <= MIG_PRI_MAX' failed.";
      return { kind: "assertion", message };
    }
    if (options.duplicates === "refuse" && !(free && !compatSlash)) {
      const existing = find(node, node.instanceId);
      if (existing !== undefined) return { kind: "duplicate", message: duplicateMessage(node), existing };
    }
    const bucket = bucketOf(node.level);
    node.bucket = bucket;
    node.previous = bucket.last;
    if (bucket.last === undefined) bucket.first = node;
    else bucket.last.next = node;
    bucket.last = node;
    names.add(node);
    const { compatName } = node;
    if (compatName !== undefined) {
      if (!compatSlash) compatSlash = compatName.includes("/");
      compatNames.add(compatName, node);
    }
    size++;
    return { kind: "registered", entry: node };
  }

  return {
    get size() {
      return size;
    },
    register(registration) {
      const { path, name, aliasId = noAlias, description, level, earlySetup = false, owner } = registration;
      const sectionId = nextSectionId++;
      const prefixLength = path === undefined ? 0 : path.length + 1;
      if (prefixLength > idstrLimit) {
        return { kind: "path-too-long", message: `Path too long for VMState (${path})` };
      }
      const of = prefixLength + name.length > idstrLimit ? cutShort(path, name) : registration;
      let { instanceId } = registration;
      let compatId = 0;
      if (path !== undefined) {
        compatId = instanceId === anyInstance ? (compatNames.next(name) ?? 0) : instanceId;
        instanceId = anyInstance;
      }
      const next = instanceId === anyInstance ? names.next(of) : undefined;
      if (instanceId === anyInstance) instanceId = next ?? 0;
      return insert(
        new Node(
          of.path,
          of.name,
          instanceId,
          aliasId,
          sectionId,
          level,
          description,
          false,
          earlySetup,
          path === undefined ? undefined : name,
          compatId,
          owner,
        ),
        path !== undefined && next === undefined,
      );
    },
    registerLive({ idstr, instanceId, isRam, owner }) {
      const name = idstr.slice(0, idstrLimit);
      const id = instanceId === anyInstance ? (names.next({ path: undefined, name }) ?? 0) : instanceId;
      return insert(
        new Node(undefined, name, id, 0, nextSectionId++, scheme.unset, undefined, isRam, false, undefined, 0, owner),
        false,
      );
    },
    skip() {
      nextSectionId++;
    },
    remove(entry) {
      if (!(entry instanceof Node)) return false;
      const node: Node<Owner> = entry;
      const { bucket, previous, next } = node;
      if (bucket === undefined || buckets.get(node.level) !== bucket) return false;
      if (previous === undefined) bucket.first = next;
      else previous.next = next;
      if (next === undefined) bucket.last = previous;
      else next.previous = previous;
      node.bucket = undefined;
      node.previous = undefined;
      node.next = undefined;
      names.remove(node);
      if (node.compatName !== undefined) compatNames.remove(node.compatName, node);
      size--;
      return true;
    },
    find: (idstr, instanceId) => find({ path: undefined, name: idstr }, instanceId),
    *[Symbol.iterator]() {
      sorted ??= [...buckets.values()].sort((a, b) => b.level - a.level);
      for (const bucket of sorted) {
        for (let node = bucket.first; node !== undefined; node = node.next) yield node;
      }
    },
  };
}

/** pstrcat: what does not fit is left out; such an entry is known by the whole. */
function cutShort(path: string | undefined, name: string): IdName {
  const idstr = path === undefined ? name : `${path}/${name}`;
  return { path: undefined, name: idstr.slice(0, idstrLimit) };
}

function duplicateMessage(entry: { readonly idstr: string; readonly instanceId: number }): string {
  const instance = `0x${entry.instanceId.toString(16)}`;
  return `savevm_state_handler_insert: Detected duplicate SaveStateEntry: id=${entry.idstr}, instance_id=${instance}`;
}
