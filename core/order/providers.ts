/** Descriptions whose loaded state others need while they load. */
import type { QomType } from "../qom/model";
import { cachedByRevision } from "../project/cache";
import { apart } from "../project/uses";
import { evidenceAt } from "./evidence";
import { levelNamedLike } from "./levels";
import { memoByFiles, type Track } from "../code/memo";
import type { Evidence } from "./order";
import type { Project } from "../project/project";
import { userCreatable } from "../code/userCreatable";
import { assignmentTo, callOf, findFrom, type Matcher, type Reached, typeRoots } from "../code/reach";
import {
  descriptionKey,
  descriptionRoles,
  type RegisteredDescription,
  typesByFile,
  typesThatRegister,
} from "../code/registered";
import { answered } from "../project/answers";
import { structureStamp } from "../project/stamps";

export type ProviderRole = "iommu" | "bridge" | "msi-controller";

export interface Provider {
  readonly role: ProviderRole;
  readonly entry: RegisteredDescription;
  readonly evidence: readonly Evidence[];
  /** Whoever needs it is created after it, by construction: a host bridge and the devices on its bus. */
  readonly createdFirst: boolean;
}

export interface Providers {
  readonly iommus: readonly Provider[];
  readonly bridges: readonly Provider[];
  readonly msiControllers: readonly Provider[];
  /** Keys of all descriptions with a role, per role. */
  has(role: ProviderRole, key: string): boolean;
}

const setsUpIommu = callOf("pci_setup_iommu", "pci_setup_iommu_per_bus");
/** Devices that deliver MSI tell the PCI core so while they are realized. */
const deliversMsi = assignmentTo(
  ["msi_nonbroken", "msi_supported"],
  (value) => value.kind === "identifier" && value.name === "true",
);

export const providers: (project: Project) => Providers = cachedByRevision((project) => {
  const iommus: Provider[] = [];
  const bridges: Provider[] = [];
  const msiControllers: Provider[] = [];
  for (const entry of descriptionRoles(project).registered.values()) {
    const { iommu, bridge, msiController } = servicesOf(project, entry);
    if (iommu) iommus.push({ role: "iommu", entry, ...iommu });
    if (bridge) bridges.push({ role: "bridge", entry, ...bridge });
    if (msiController) msiControllers.push({ role: "msi-controller", entry, ...msiController });
  }
  const keys = new Set(
    [...iommus, ...bridges, ...msiControllers].map(({ role, entry }) => `${role} ${descriptionKey(entry.description)}`),
  );
  return { iommus, bridges, msiControllers, has: (role, key) => keys.has(`${role} ${key}`) };
});

type Service = Pick<Provider, "evidence" | "createdFirst">;

interface Services {
  readonly iommu?: Service | undefined;
  readonly bridge?: Service | undefined;
  readonly msiController?: Service | undefined;
}

const services = memoByFiles<Services>();

function servicesOf(project: Project, entry: RegisteredDescription): Services {
  const { description } = entry;
  if (description.unmigratable.known && description.unmigratable.value) return {};
  const key = descriptionKey(description);
  const isNested = descriptionRoles(project).nested.has(key);
  const read = () =>
    services(project, key, [entry, apart(() => structureStamp(project)), isNested], (track) => {
      track(description.file);
      for (const name of typesRegistering(project, entry)) for (const type of project.ancestry(name)) track(type.file);
      const iommu = serviceByCode(project, entry, "iommu", setsUpIommu, "installs the bus' IOMMU", track);
      // one that others nest, as a generic PCI device's, is no bridge's own
      const bridge = isNested ? undefined : bridgeOf(project, entry);
      const announces = !isMachine(project, entry) && !iommu;
      const msiController = announces
        ? serviceByCode(project, entry, "msi-controller", deliversMsi, "announces that it delivers MSI", track)
        : undefined;
      return { iommu, bridge, msiController };
    });
  return answered(project, `services ${key}`, description.file, read);
}

/** What `providers` looks up, one registered description a step, for a caller that must not stand still meanwhile. */
export function* warmProviders(project: Project): Generator<void> {
  for (const entry of descriptionRoles(project).registered.values()) {
    servicesOf(project, entry);
    yield;
  }
}

/** With the files it was found, or not found, in. */
interface Search {
  readonly reached: Reached | undefined;
  readonly files: readonly string[];
}

const searches = memoByFiles<Search>();

function serviceByCode(
  project: Project,
  entry: RegisteredDescription,
  role: ProviderRole,
  matches: Matcher,
  text: string,
  track: Track,
): Service | undefined {
  // heirs that have only the description of their kind migrate nothing of their own
  if (machinery.has(entry.types[0] ?? "")) return undefined;
  for (const name of typesRegistering(project, entry)) {
    const { reached, files } = searches(project, `${role} ${name}`, [], (note) => {
      const used = new Set<string>();
      const ancestry = project.ancestry(name);
      for (const type of ancestry) used.add(type.file);
      const found = findFrom(project, ownRoots(project, ancestry), matches, (file) => used.add(file));
      for (const file of used) note(file);
      return { reached: found, files: [...used] };
    });
    for (const file of files) track(file);
    if (!reached) continue;
    const range = { file: reached.fn.file, start: reached.start, end: reached.end };
    const evidence = [evidenceAt(project, range, `${reached.fn.definition.name} of ${name} ${text}`)];
    return { evidence, createdFirst: isCreatedFirst(project, entry, role, name) };
  }
  return undefined;
}

/** A machine announces MSIs for a controller that it has; its own table holds nothing of that. */
function isMachine(project: Project, entry: RegisteredDescription): boolean {
  return typesRegistering(project, entry).some((name) => project.ancestry(name).some((a) => a.name === "machine"));
}

function isCreatedFirst(project: Project, entry: RegisteredDescription, role: ProviderRole, name: string): boolean {
  const ancestry = project.ancestry(name);
  if (makesTheBus(project, ancestry)) return true;
  const { description } = entry;
  // those that the enum has a level for are not left to creation
  if (role !== "msi-controller" || levelNamedLike(project, description.name.known ? description.name.value : ""))
    return false;
  const base = ancestry.findIndex((type) => type.name === "sys-bus-device");
  // on the system bus they are their machine's, wired up before it makes what sits on a bus, unless their class says otherwise
  return base !== -1 && userCreatable(project, ancestry.slice(0, base)) !== true;
}

/** A host bridge, or the chip that holds one: both are made before what sits on the bus. */
function makesTheBus(project: Project, ancestry: readonly QomType[]): boolean {
  if (ancestry.some(isHostBridge)) return true;
  const own = ancestry[0];
  if (!own) return false;
  return (typesByFile(project).get(own.file) ?? []).some((type) => project.ancestry(type.name).some(isHostBridge));
}

function isHostBridge(type: QomType): boolean {
  return type.name === "pci-host-bridge";
}

/** Types that register the description: by their class, or by a call in a function of theirs. */
function typesRegistering(project: Project, entry: RegisteredDescription): readonly string[] {
  return entry.types.length > 0 ? entry.types : typesThatRegister(project, entry.registrations);
}

const machinery = new Set(["object", "device", "sys-bus-device", "pci-device", "virtio-device", "pci-host-bridge"]);

function ownRoots(project: Project, ancestry: readonly QomType[]) {
  return ancestry.filter((type) => !machinery.has(type.name)).flatMap((type) => typeRoots(project, type));
}

function bridgeOf(project: Project, entry: RegisteredDescription): Service | undefined {
  for (const name of entry.types) {
    const ancestry = project.ancestry(name);
    const base = ancestry.find((type) => type.name === "base-pci-bridge");
    const own = ancestry[0];
    if (!base || !own) continue;
    const evidence = [evidenceAt(project, own.range, `${name} is a PCI bridge: its state holds the bus number`)];
    return { evidence, createdFirst: userCreatable(project, [own]) === false };
  }
  return undefined;
}
