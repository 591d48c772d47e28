/** libslirp, which lies outside the tree: what slirp_state_load of its src/state.c reads at state version 4, which all of its releases have. */
import { scalarType } from "../../c/resolve";
import { elementAt, load } from "../run/memory";
import { type NativeFunction, type Runner, Undecided } from "../run/runner";
import { Arr, Fn, type Value } from "../run/values";
import { numberOf } from "./arguments";

export const stateVersion = 4;

/** The id of the next packet. */
const packetId = 2;
/** Clients of its DHCP server: whether one is there, its address. */
const clients = 16 * (2 + 6);

const octet = scalarType("uint8_t", "unsigned char");

/** As its callback gives them; undefined where that is not known. */
function bytesFrom(runner: Runner, give: Fn, opaque: Value, count: number): Arr | undefined {
  const bytes = new Arr(octet, count);
  return numberOf(runner.call(give, [bytes, count, opaque])) === count ? bytes : undefined;
}

const loadState: NativeFunction = (runner, [, version, give, opaque = 0]) => {
  if (!(give instanceof Fn) || numberOf(version) !== stateVersion) throw new Undecided("a state of libslirp");
  const more = bytesFrom(runner, give, opaque, 1);
  // each is held against the guestfwd of this back end
  if (more === undefined || numberOf(load(elementAt(more, 0, octet), octet)) !== 0)
    throw new Undecided("connections of guestfwd");
  if (bytesFrom(runner, give, opaque, packetId + clients) === undefined) throw new Undecided("a state of libslirp");
  return 0;
};

export const slirpFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["slirp_state_version", () => stateVersion],
  ["slirp_state_load", loadState],
];
