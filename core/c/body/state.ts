/** What is known of the values in memory at one point of a function. */
import { type Interval, joined, vague } from "./interval";

/** More places than this are not followed at a time. */
const mostPlaces = 64;

export class State {
  private constructor(
    private readonly values: Map<string, Interval>,
    /** No way leads here. */
    public isDead: boolean,
    /** Ways lead here that were not followed: nothing is known of what is not in `values`. */
    public isLost: boolean,
  ) {}

  static empty(): State {
    return new State(new Map(), false, false);
  }

  copy(): State {
    return new State(new Map(this.values), this.isDead, this.isLost);
  }

  get(key: string): Interval | undefined {
    return this.values.get(key);
  }

  set(key: string, value: Interval): void {
    if (this.values.size < mostPlaces || this.values.has(key)) this.values.set(key, value);
  }

  /** The place is other than it was: of its parts nothing is known. */
  loseParts(key: string): void {
    for (const [each, value] of this.values) {
      if (each.length > key.length && each.startsWith(key) && isStep(each[key.length]))
        this.values.set(each, vague(value));
    }
  }

  /** A way leads here from anywhere. */
  lose(): void {
    this.values.clear();
    this.isDead = false;
    this.isLost = true;
  }

  /** What holds on both ways. `fallback`: what a place is that one of them says nothing of. */
  join(other: State, fallback: (key: string, state: State) => Interval): void {
    if (other.isDead) return;
    if (this.isDead) {
      this.values.clear();
      for (const [key, value] of other.values) this.values.set(key, value);
      this.isDead = false;
      this.isLost = other.isLost;
      return;
    }
    for (const key of new Set([...this.values.keys(), ...other.values.keys()])) {
      const own = this.values.get(key) ?? fallback(key, this);
      this.values.set(key, joined(own, other.values.get(key) ?? fallback(key, other)));
    }
    this.isLost ||= other.isLost;
  }
}

function isStep(character: string | undefined): boolean {
  return character === "." || character === "*" || character === "[" || character === "&";
}
