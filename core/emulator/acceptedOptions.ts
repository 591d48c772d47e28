/** Which `-device` options a machine takes, found out by making few machines: each takes as long as the whole board. */

export interface Accepted {
  readonly options: readonly string[];
  /** Those that QEMU would refuse, as for an option that nobody knows. */
  readonly refused: readonly string[];
  /** Those behind so many refused ones that no more machines are made. */
  readonly untried: readonly string[];
}

const mostMachines = 32;

/** `given`: `-device TYPE,id=…,bus=…`, each behind what its bus is on; `refusalOf`: the message for the first that is refused, if any. */
export function acceptedOptions(
  given: readonly string[],
  refusalOf: (options: readonly string[]) => string | undefined,
): Accepted {
  let options = given;
  const refused: string[] = [];
  const reasons = new Set<string>();
  for (let made = 1; ; made++) {
    const message = refusalOf(options);
    const at = message === undefined ? -1 : options.findIndex((option) => isAbout(option, message));
    const first = options[at];
    if (message === undefined || first === undefined) return { options, refused, untried: [] };
    if (made === mostMachines) return { options: options.slice(0, at), refused, untried: options.slice(at) };
    const type = typeOf(first);
    const reason = `${type}${message.slice((message.startsWith(`${first}:`) ? first : type).length)}`;
    // told twice, it does not hang on where the device is
    const isOfType = reasons.has(reason);
    reasons.add(reason);
    const gone = new Set<string | undefined>();
    const isGone = (option: string, index: number): boolean => {
      if (index < at) return false;
      const bus = valueOf(option, "bus")?.split(".", 1)[0];
      if (index > at && !(isOfType && typeOf(option) === type) && (bus === undefined || !gone.has(bus))) return false;
      gone.add(valueOf(option, "id"));
      return true;
    };
    const left: string[] = [];
    for (const [index, option] of options.entries()) (isGone(option, index) ? refused : left).push(option);
    options = left;
  }
}

/** `-device isa-parallel: …`, with its other words or without. */
function isAbout(option: string, message: string): boolean {
  return message.startsWith(`${option}:`) || message.startsWith(`${typeOf(option)}:`);
}

/** `-device isa-parallel` */
function typeOf(option: string): string {
  return option.split(",", 1)[0] ?? option;
}

function valueOf(option: string, name: string): string | undefined {
  const word = option.split(",").find((each) => each.startsWith(`${name}=`));
  return word?.slice(name.length + 1);
}
