// kind.ts -- what a kind of work is: the keys that describe it, and the messages
// that it comes to.

import type { Path } from '../../switch/file.ts';
import type { PhaseConfig, WorkConfig } from '../config.ts';
import type { Reader } from '../reader.ts';
import type { Topology } from '../topology.ts';
import type { Fronts, Script } from './script.ts';

export type WorkKey = Exclude<keyof WorkConfig, 'kind' | 'start' | 'hosts'>;

/** An entry of the workload, or a phase of one. */
export interface Job {
  readonly config: WorkConfig;
  readonly path: Path;
  /** Numbers of the hosts that take part: two or more. */
  readonly hosts: readonly number[];
  /** Bytes, where the kind knows them; above 0. */
  readonly bytes: number;
  readonly topology: Topology;
  readonly read: Reader;
  /** Number of a host by its name, among those that take part or not. */
  readonly host: (name: string, path: Path) => number;
  /** Seeded lots: a whole number below n, at most 2^32. */
  readonly below: (n: number) => number;
  /** Messages of a phase after `ready`. */
  readonly phase: (config: PhaseConfig, path: Path, script: Script, ready: Fronts) => Fronts;
}

export interface Work {
  /** Keys that it cannot do without. */
  readonly needs: readonly WorkKey[];
  readonly knows: readonly WorkKey[];
  /** @param ready what each host waits for before it begins @returns what each has to wait for when all is done; of work that no phase can be: nothing */
  readonly make: (job: Job, script: Script, ready: Fronts) => Fronts | undefined;
}
