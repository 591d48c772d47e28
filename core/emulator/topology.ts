/** How -smp divides CPUs, and the APIC ids that x86 gives them (machine_parse_smp_config, hw/i386/topology.h). */

export interface Topology {
  /** CPUs that the machine starts with. */
  readonly cpus: number;
  /** Parts of each level in one of the level above, outermost first: dies, modules, cores, threads. */
  readonly levels: readonly number[];
}

/** Of the values of -smp; undefined where they are no numbers above 0. What is left out becomes cores, as since 6.2. */
export function parseTopology(parsed: ReadonlyMap<string, string>): Topology | undefined {
  let valid = true;
  const given = (key: string): number | undefined => {
    const text = parsed.get(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1) valid = false;
    return value;
  };
  const [dies, modules, clusters] = [given("dies") ?? 1, given("modules") ?? 1, given("clusters") ?? 1];
  const outer = dies * modules * clusters;
  const all = given("maxcpus") ?? given("cpus");
  let [sockets, cores, threads] = [given("sockets"), given("cores"), given("threads")];
  const rest = (others: number): number => Math.max(1, Math.floor((all ?? others) / others));
  if (all === undefined) {
    sockets ??= 1;
    cores ??= 1;
    threads ??= 1;
  } else if (cores === undefined) {
    sockets ??= 1;
    threads ??= 1;
    cores = rest(outer * sockets * threads);
  } else if (sockets === undefined) {
    threads ??= 1;
    sockets = rest(outer * cores * threads);
  }
  threads ??= rest(outer * sockets * cores);
  const cpus = given("cpus") ?? all ?? outer * sockets * cores * threads;
  return valid && Number.isSafeInteger(cpus) ? { cpus, levels: [dies, modules, cores, threads] } : undefined;
}

/** Each level has as many bits as its largest number needs, so that ids skip where a count is no power of two. */
export function apicIdOf({ levels }: Topology, index: number): number {
  let id = 0;
  let scale = 1;
  let left = index;
  for (const count of levels.toReversed()) {
    id += (left % count) * scale;
    left = Math.floor(left / count);
    scale *= 2 ** (32 - Math.clz32(count - 1));
  }
  return id + left * scale;
}
