// generation.ts -- what a switch file became in memory, and what of it the next
// file keeps.
//
// Parts of a file are built one after the other. What they take from the arena
// is either loose (a FIB, rebuilt whenever its part is) or kept under a key
// that says all there is to say about it (a hop): the next generation that
// asks for the same key gets the same record, with its counters, in its place.
// Parts that did not change are carried over whole. Nothing that packets read
// changes before `commit`, which runs what was put off and gives back what no
// part of the new generation has.

import type { Arena, Piece } from '../kernel/arena.ts';
import type { Position } from './file.ts';

export type Place = () => Position;

/** Ids of places in files: tables carry them, so that a match leads back to its line. */
export class Places {
  readonly #places: (Place | undefined)[] = [];
  #free: number[] = [];

  add(place: Place): number {
    const id = this.#free.pop() ?? this.#places.length + 1;
    this.#places[id - 1] = place;
    return id;
  }

  get(id: number): Position | undefined {
    return this.#places[id - 1]?.();
  }

  move(id: number, place: Place): void {
    this.#places[id - 1] = place;
  }

  free(ids: readonly number[]): void {
    for (const id of ids) this.#places[id - 1] = undefined;
    this.#free = [...this.#free, ...ids];
  }
}

/** What a part, or a kept record, has taken. */
interface Taken {
  readonly pieces: Piece[];
  /** Ids of places, in the order they were asked for. */
  readonly lines: number[];
  /** Keys of kept records that it refers to. */
  readonly keys: Set<string>;
}

interface Kept extends Taken { readonly value: unknown }

const nothing = (): Taken => ({ pieces: [], lines: [], keys: new Set() });

export class Generation<Part extends object> {
  private readonly parts = new Map<Part, Taken>();
  private readonly kept = new Map<string, Kept>();
  /** What this generation did not take over. */
  readonly #made: Taken[] = [];
  readonly #deferred: (() => void)[] = [];
  readonly #temporary: Piece[] = [];
  #taking: Taken = nothing();
  /** What runs until this one commits. */
  before: Generation<Part> | undefined;

  constructor(readonly arena: Arena, readonly places = new Places(), before?: Generation<Part>) {
    this.before = before;
  }

  /** Build a part. */
  build(part: Part, make: () => void): void {
    const taken = nothing();
    this.parts.set(part, taken);
    this.#take(taken, make);
  }

  /** A part as it was before. */
  carry(part: Part): void {
    const taken = this.before?.parts.get(part);
    if (!taken) return;
    this.parts.set(part, taken);
    for (const key of taken.keys) this.#carryKept(key);
  }

  /**
   * The record of a key, made when there is none yet.
   * @param key    says all that `make` depends on; addresses of kept records may be part of it
   * @param places of the lines that `make` asks for, in that order
   */
  keep<T>(key: string, places: readonly Place[], make: () => T): T {
    this.#taking.keys.add(key);
    const carried = !this.kept.has(key) && this.#carryKept(key);
    if (carried) this.later(() => { carried.lines.forEach((id, i) => { this.places.move(id, places[i]!); }); });
    const known = this.kept.get(key);
    if (known) return known.value as T;
    const taken = nothing(), value = this.#take(taken, make);
    this.kept.set(key, Object.assign(taken, { value }));
    return value;
  }

  /** What `make` takes is given back when this generation commits, or never does. */
  temporary<T>(make: () => T): T {
    return this.arena.record(this.#temporary, make);
  }

  /** Whether a record of this key came from the generation before. */
  has(key: string): boolean {
    return this.before?.kept.has(key) ?? false;
  }

  #carryKept(key: string): Kept | undefined {
    const kept = this.before?.kept.get(key);
    if (!kept || this.kept.has(key)) return kept;
    this.kept.set(key, kept);
    for (const inner of kept.keys) this.#carryKept(inner);
    return kept;
  }

  #take<T>(taken: Taken, make: () => T): T {
    this.#made.push(taken);
    const outer = this.#taking;
    this.#taking = taken;
    try {
      return this.arena.record(taken.pieces, make);
    } finally {
      this.#taking = outer;
    }
  }

  /** Id of a place. */
  line(place: Place): number {
    const id = this.places.add(place);
    this.#taking.lines.push(id);
    return id;
  }

  /** Do something once the whole file has been found good, between two bursts. */
  later(act: () => void): void {
    if (this.before) this.#deferred.push(act);
    else act();
  }

  /** This generation is the one that runs: what only the one before had is free again. */
  commit(): void {
    for (const act of this.#deferred) act();
    this.arena.free(this.#temporary);
    const { before } = this;
    if (!before) return;
    const here = new Set<Taken>([...this.parts.values(), ...this.kept.values()]);
    this.#free([...before.parts.values(), ...before.kept.values()].filter(t => !here.has(t)));
    this.before = undefined;
  }

  /** It never will be. */
  abandon(): void {
    this.arena.free(this.#temporary);
    this.#free(this.#made);
  }

  #free(taken: readonly Taken[]): void {
    this.arena.free(taken.flatMap(t => t.pieces));
    this.places.free(taken.flatMap(t => t.lines));
  }
}
