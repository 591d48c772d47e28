/** What is known of the values in memory at one point of a function. */
import { anything, type Interval, joined, vague } from "./interval";

/** More places than this are not followed at a time. */
const mostPlaces = 64;

/** Alternatives of one place that are told apart. */
const mostWays = 8;

export class State {
  /** Whether no other state has the same map. */
  private isOwn = true;
  /** What a place is on each of the ways by which a condition came to hold; never changed, only replaced. */
  private ways: ReadonlyMap<string, readonly Interval[]> | undefined;
  /** Places that hold another one's value as their type has it: what bounds one of them may bound the other. Never changed, only replaced. */
  private casts: ReadonlyMap<string, string> | undefined;

  private constructor(
    private values: Map<string, Interval>,
    /** No way leads here. */
    public isDead: boolean,
    /** Ways lead here that were not followed: nothing is known of what is not in `values`. */
    public isLost: boolean,
    /** Places that hold what another one holds. */
    private copies: Map<string, string> | undefined,
  ) {}

  static empty(): State {
    return new State(new Map(), false, false, undefined);
  }

  copy(): State {
    const made = new State(this.values, this.isDead, this.isLost, this.copies && new Map(this.copies));
    made.ways = this.ways;
    made.casts = this.casts;
    made.isOwn = false;
    this.isOwn = false;
    return made;
  }

  /** What the place may be, apart for each way by which the conditions that lead here came to hold; `anything` at the end of too many. */
  waysOf(key: string): readonly Interval[] {
    return this.ways?.get(key) ?? [];
  }

  private addWays(key: string, more: readonly Interval[]): void {
    const before = this.ways?.get(key) ?? [];
    if (before === more || before.length > mostWays) return;
    const ways = [...new Set([...before, ...more])];
    if (ways.length > before.length)
      this.ways = new Map(this.ways).set(key, ways.length > mostWays ? [...ways, anything] : ways);
  }

  private own(): Map<string, Interval> {
    if (!this.isOwn) this.values = new Map(this.values);
    this.isOwn = true;
    return this.values;
  }

  get(key: string): Interval | undefined {
    return this.values.get(key);
  }

  set(key: string, value: Interval): void {
    if (this.ways?.has(key) === true) this.ways = new Map([...this.ways].filter(([each]) => each !== key));
    this.copies?.delete(key);
    for (const [copy, of] of this.copies ?? []) if (of === key) this.copies?.delete(copy);
    if (this.casts !== undefined)
      this.casts = new Map([...this.casts].filter(([copy, of]) => copy !== key && of !== key));
    this.put(key, value);
  }

  private put(key: string, value: Interval): void {
    if (this.values.get(key) === value) return;
    if (this.values.size < mostPlaces || this.values.has(key)) this.own().set(key, value);
  }

  /** What the place holds is what the other one does: who learns something of one of them learns it of both. */
  link(copy: string, of: string): void {
    if (copy === of) return;
    this.copies ??= new Map();
    this.copies.set(copy, this.copies.get(of) ?? of);
  }

  /** As `link`, of a value that another type may have made another number. */
  linkCast(copy: string, of: string): void {
    if (copy !== of) this.casts = new Map(this.casts).set(copy, of);
  }

  /** The place stays as it is, and more is known of it. */
  learn(key: string, more: (value: Interval) => Interval, fallback: (key: string, state: State) => Interval): void {
    this.put(key, more(this.values.get(key) ?? fallback(key, this)));
    for (const [copy, of] of this.casts ?? []) {
      const other = copy === key ? of : of === key ? copy : undefined;
      if (other !== undefined) this.put(other, vague(this.values.get(other) ?? fallback(other, this)));
    }
    if (this.copies === undefined) return;
    const origin = this.copies.get(key) ?? key;
    for (const each of [origin, ...this.copies.keys()]) {
      if (each === key || (each !== origin && this.copies.get(each) !== origin)) continue;
      this.put(each, more(this.values.get(each) ?? fallback(each, this)));
    }
  }

  /** The place is other than it was: of its parts nothing is known. */
  loseParts(key: string): void {
    for (const [each, value] of this.values) {
      if (each.length > key.length && each.startsWith(key) && isStep(each[key.length])) this.set(each, vague(value));
    }
  }

  /** A way leads here from anywhere. */
  lose(): void {
    this.values = new Map();
    this.isOwn = true;
    this.copies = undefined;
    this.ways = undefined;
    this.casts = undefined;
    this.isDead = false;
    this.isLost = true;
  }

  /** As `join`, of two ways by which one condition holds. */
  joinWay(other: State, fallback: (key: string, state: State) => Interval): void {
    if (!this.isDead && !other.isDead && this.values !== other.values) {
      for (const key of new Set([...this.values.keys(), ...other.values.keys()])) {
        const own = this.values.get(key) ?? fallback(key, this);
        const others = other.values.get(key) ?? fallback(key, other);
        if (own !== others) this.addWays(key, [own, others]);
      }
    }
    this.join(other, fallback);
  }

  /** What holds on both ways. `fallback`: what a place is that one of them says nothing of. */
  join(other: State, fallback: (key: string, state: State) => Interval): void {
    if (other.isDead) return;
    if (!this.isDead && this.ways !== other.ways) for (const [key, ways] of other.ways ?? []) this.addWays(key, ways);
    if (this.isDead) {
      this.ways = other.ways;
      this.casts = other.casts;
      this.values = other.values;
      this.isOwn = false;
      other.isOwn = false;
      this.isDead = false;
      this.isLost = other.isLost;
      this.copies = other.copies && new Map(other.copies);
      return;
    }
    if (other.casts !== undefined && other.casts !== this.casts)
      this.casts = new Map([...(this.casts ?? []), ...other.casts]);
    for (const [copy, of] of this.copies ?? []) if (other.copies?.get(copy) !== of) this.copies?.delete(copy);
    if (this.values === other.values && this.isLost === other.isLost) return;
    const before = this.values;
    for (const key of new Set([...before.keys(), ...other.values.keys()])) {
      const own = before.get(key) ?? fallback(key, this);
      const others = other.values.get(key) ?? fallback(key, other);
      this.put(key, own === others ? own : joined(own, others));
    }
    this.isLost ||= other.isLost;
  }
}

function isStep(character: string | undefined): boolean {
  return character === "." || character === "*" || character === "[" || character === "&";
}
