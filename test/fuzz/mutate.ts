/** Damage to what is valid: to bytes, to the words of a text, to the values of JSON. */
import type { Random } from "./random";

const octets = [0, 1, 5, 7, 0x10, 0x20, 0x30, 0x7e, 0x7f, 0x80, 0xff];
const longest = 1 << 14;

/** A few octets changed, cut, doubled, moved or put in from another. */
export function mutateBytes(random: Random, seeds: readonly Uint8Array[]): Uint8Array {
  if (random.chance(0.03)) return Uint8Array.from({ length: random.below(200) }, () => random.below(256));
  let bytes = Uint8Array.from(random.pick(seeds));
  for (let edits = 1 + random.below(5); edits > 0 && bytes.length > 0; edits--) {
    const at = random.below(bytes.length);
    const to = Math.min(bytes.length, at + random.below(40));
    switch (random.below(8)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] = random.pick(octets);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(to));
        break;
      case 4:
        bytes = joined(bytes.subarray(0, to), bytes.subarray(at));
        break;
      case 5: {
        const other = random.pick(seeds);
        const from = random.below(other.length);
        bytes = joined(bytes.subarray(0, at), other.subarray(from, from + random.below(200)), bytes.subarray(at));
        break;
      }
      default:
        for (let i = 0; i < 4 && at + i < bytes.length; i++) bytes[at + i] = random.pick([0xff, 0, 0x7f]);
    }
  }
  return bytes.slice(0, longest);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const pieces = /[A-Za-z_]\w*|\d\w*|"[^"\n]*"|[\s]+|[^\s\w]/g;

/** Names, numbers, strings, blanks and marks. */
export function words(text: string): readonly string[] {
  return text.match(pieces) ?? [];
}

/** Words left out, doubled, exchanged, repeated, taken from another seed or from `dictionary`; or a text of the dictionary alone. */
export function mutateText(
  random: Random,
  seeds: readonly (readonly string[])[],
  dictionary: readonly string[],
): string {
  if (random.chance(0.15)) return Array.from({ length: random.below(80) }, () => random.pick(dictionary)).join(" ");
  let list = [...random.pick(seeds)];
  for (let edits = 1 + random.below(6); edits > 0 && list.length > 0; edits--) {
    const at = random.below(list.length);
    const to = Math.min(list.length, at + random.below(20));
    switch (random.below(7)) {
      case 0:
        list.splice(at, to - at);
        break;
      case 1:
        list[at] = random.pick(dictionary);
        break;
      case 2:
        list.splice(at, 0, random.pick(dictionary));
        break;
      case 3:
        list.splice(to, 0, ...list.slice(at, to));
        break;
      case 4: {
        const other = random.pick(seeds);
        const from = random.below(other.length);
        list.splice(at, 0, ...other.slice(from, from + random.below(40)));
        break;
      }
      case 5:
        list.splice(at, 0, ...Array.from({ length: random.below(60) }, () => list[at] ?? ""));
        break;
      default:
        if (random.chance(0.3)) list = list.slice(0, at);
        else list[at] = String.fromCharCode(random.below(0x3000));
    }
  }
  return list.join("").slice(0, longest);
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const numbers = [0, 1, -1, 0.5, 255, 65536, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, 1e308];

/** One or more values exchanged, left out, doubled or made deep. `strings` are put in among others. */
export function mutateJson(random: Random, seeds: readonly Json[], strings: readonly string[]): Json {
  let json = structuredClone(random.pick(seeds));
  for (let edits = 1 + random.below(4); edits > 0; edits--)
    json = edited(random, json, seeds, strings, random.below(8));
  return json;
}

function edited(random: Random, json: Json, seeds: readonly Json[], strings: readonly string[], depth: number): Json {
  if (typeof json === "object" && json !== null && depth > 0) {
    const keys = Object.keys(json);
    if (keys.length > 0) {
      const key = random.pick(keys);
      const held = json as Record<string, Json>;
      if (depth === 1 && random.chance(0.3)) {
        if (Array.isArray(json)) json.splice(Number(key), random.below(2), structuredClone(json[Number(key)] ?? null));
        else if (random.chance(0.5)) delete json[key];
        else json[random.pick([...keys, ...strings])] = held[key] ?? null;
        return json;
      }
      held[key] = edited(random, held[key] ?? null, seeds, strings, depth - 1);
      return json;
    }
  }
  switch (random.below(8)) {
    case 0:
      return random.pick(numbers);
    case 1:
      return random.pick([null, true, false, [], {}]);
    case 2:
    case 3:
      return random.pick(strings);
    case 4:
      return structuredClone(random.pick(seeds));
    case 5:
      return Array.from({ length: random.below(30) }, () => json);
    case 6: {
      let deep = json;
      for (let k = random.below(40); k > 0; k--) deep = random.chance(0.5) ? [deep] : { [random.pick(strings)]: deep };
      return deep;
    }
    default:
      return typeof json === "number" ? json * random.pick([-1, 2, 1000, 2 ** 20]) : random.pick(strings).repeat(3);
  }
}
