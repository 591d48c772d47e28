/** Network clients of a command line, as QAPI's visitor would hand them to net/net.c. */
import { emptyFrame } from "../run/code";
import { read } from "../run/memory";
import type { NativeFunction, Runner } from "../run/runner";
import { Rec, textAt, type Value } from "../run/values";
import { stateVersion } from "./slirp";

/** A member of a struct that QAPI generates, as files see it that know no more than its name. */
function setMember(record: Rec, name: string, value: Value): void {
  record.set(`.${name}`, value);
  if (!(value instanceof Rec) || value.holder !== undefined) return;
  value.holder = record;
  value.holderKey = `.${name}`;
}

/** `model`, `macaddr` of -net nic: `has_model` stands beside it to 7.2. */
const texts = ["netdev", "macaddr", "model", "addr", "vectors", "net", "ip", "host", "hostname", "domainname"];

function netdevOf(runner: Runner, options: Value, type: string): Rec | undefined {
  const driver = runner.enumerator(`NET_CLIENT_DRIVER_${type.replaceAll("-", "_").toUpperCase()}`);
  if (driver === undefined) return undefined;
  const netdev = new Rec();
  setMember(netdev, "id", runner.run("qemu_opts_id", [options]));
  netdev.set("@0", runner.run("qemu_opts_id", [options]));
  setMember(netdev, "type", driver);
  const union = new Rec();
  setMember(netdev, "u", union);
  const own = new Rec();
  setMember(union, type.replaceAll("-", "_"), own);
  for (const name of texts) {
    const value = runner.run("qemu_opt_get", [options, name]);
    if (value === 0) continue;
    setMember(own, name, value);
    setMember(own, `has_${name}`, 1);
  }
  return netdev;
}

/** Follows net_client_init1; what a back end does to its host is not done, it is there. */
function initialise(runner: Runner, [options = 0, isNetdev = 0, errp = 0]: readonly Value[]): Value {
  const type = textAt(runner.run("qemu_opt_get", [options, "type"]));
  if (type === undefined) {
    runner.fail(errp, "Parameter 'type' is missing");
    return -1;
  }
  if (type === "none") return 0;
  const file = runner.function("net_init_clients", "")?.located?.file ?? "";
  if (isNetdev !== 1 && runner.run("qemu_opts_id", [options]) === 0)
    runner.run("qemu_opts_set_id", [options, runner.run("id_generate", [runner.enumerator("ID_NET") ?? 0])]);
  const netdev = netdevOf(runner, options, type);
  if (netdev === undefined) {
    runner.fail(errp, `Parameter 'type' expects a network client, not '${type}'`);
    return -1;
  }
  const id = runner.run("qemu_opts_id", [options]);
  const isNic = type === "nic";
  const hasPeer = isNetdev !== 1 && (!isNic || runner.run("qemu_opt_get", [options, "netdev"]) === 0);
  const peer = hasPeer ? runner.run("net_hub_add_port", [0, 0, 0]) : 0;
  if (isNic) return runner.run("net_init_nic", [netdev, id, peer, errp], file);
  // one client a queue, all of one name: net_init_tap, net_vhost_user_init
  for (let left = queuesOf(runner, options, type); left > 0; left--) {
    const client = runner.run("qemu_new_net_client", [informationOf(netdev), peer, type, id]);
    if (client instanceof Rec) client.set("NetClientState.is_netdev", isNetdev);
  }
  register(runner, type);
  return 0;
}

/** Follows MAX_QUEUES of include/net/net.h. */
const mostQueues = 1024;

function queuesOf(runner: Runner, options: Value, type: string): number {
  const option = (name: string): string | undefined => textAt(runner.run("qemu_opt_get", [options, name]));
  // as many as the host's device has
  if (type === "vhost-vdpa") runner.noteHere("the queues of a vhost-vdpa device of the host");
  const descriptors = option("fds")?.split(":").length;
  const queues = descriptors ?? Number(option("queues") ?? 1);
  return Number.isInteger(queues) ? Math.min(Math.max(queues, 1), mostQueues) : 1;
}

function informationOf(netdev: Rec): Rec {
  const made = new Rec();
  made.set("@0", netdev.get(".type") ?? 0);
  made.set("NetClientInfo.size", 64);
  return made;
}

/** What the back end of that type registers with the migration core: the calls in the file where its init function is. */
function register(runner: Runner, type: string): void {
  const { project } = runner;
  const names = [`net_init_${type.replaceAll("-", "_")}`, ...(type === "user" ? ["net_init_slirp"] : [])];
  const file = names.map((name) => project.function(name, "")?.file).find((each) => each !== undefined);
  for (const { idstr, instanceId, operations, range } of project.registrations()) {
    if (range.file !== file || idstr?.known !== true) continue;
    const instance = project.evaluate(instanceId ?? "0", range.file);
    const variable = runner.global((operations ?? "").replace("&", ""), range.file);
    const place = variable?.place(emptyFrame());
    const table = variable && place && read(place.holder, place.key, variable.type);
    const values = [idstr.value, instance.known ? instance.value : 0, stateVersion, table ?? new Rec(), 0];
    runner.run("register_savevm_live", values, range.file);
  }
}

export const networkFunctions: readonly (readonly [string, NativeFunction])[] = [["net_client_init", initialise]];
