// build.ts -- the messages of a fabric file's workload for a seed: every entry is
// asked what it comes to, all begin on their own.

import type { Path } from '../../switch/file.ts';
import type { PhaseConfig, WorkConfig } from '../config.ts';
import type { Reader } from '../reader.ts';
import type { Message } from '../simulation.ts';
import type { Topology } from '../topology.ts';
import type { Job, Work, WorkKey } from './kind.ts';
import { WORKS } from './kinds.ts';
import { type Fronts, Script, TooManyMessages } from './script.ts';

/** @param host number of a device by name, with a fault where there is none */
export function buildWorkload(r: Reader, workload: readonly WorkConfig[], topology: Topology, seed: number, host: Job['host']): Message[] {
  const messages: Message[] = [], below = lots(seed);
  workload.forEach((config, i) => {
    const path = ['workload', i], script = new Script(messages, r.time(config.start, '0s', [...path, 'start'])), job = jobOf(r, config, path, topology, host, below);
    if (!job) return;
    try {
      r.collect(() => WORKS[config.kind].make(job, script, job.hosts.map(() => [])));
    } catch (e) {
      if (!(e instanceof TooManyMessages)) throw e;
      r.fault(path, e.message);
    }
  });
  return messages;
}

/** An entry that has what its kind needs, and nothing that it does not know. */
function jobOf(read: Reader, config: WorkConfig, path: Path, topology: Topology, host: Job['host'], below: Job['below'], hosts = taking(read, config, path, topology)): Job | undefined {
  const kind: Work = WORKS[config.kind], missing = kind.needs.filter(key => config[key] === undefined), known = ['kind', 'start', 'hosts', ...kind.needs, ...kind.knows] as string[];
  for (const key of missing) read.fault(path, `${config.kind} needs "${key}"`);
  for (const key of Object.keys(config) as WorkKey[]) if (!known.includes(key)) read.fault([...path, key], `means nothing to ${config.kind}`, true);
  const bytes = config.bytes === undefined ? 0 : read.size(config.bytes, '', [...path, 'bytes']);
  if (config.bytes !== undefined && bytes === 0) read.fault([...path, 'bytes'], 'expected at least a byte');
  if (missing.length > 0 || hosts.length < 2) return undefined;
  const phase = (inner: PhaseConfig, at: Path, script: Script, ready: Fronts): Fronts => {
    const job = jobOf(read, inner, at, topology, host, below, hosts), fronts = job && WORKS[inner.kind].make(job, script, ready);
    if (job && !fronts) read.fault(at, `${inner.kind} cannot be a phase`);
    return fronts ?? ready;
  };
  return { config, path, hosts, bytes, topology, read, host, below, phase };
}

/** Hosts that take part: the first so many, or all. */
function taking(read: Reader, { hosts }: WorkConfig, path: Path, t: Topology): number[] {
  if (hosts !== undefined && hosts > t.hosts && t.hosts > 0) read.fault([...path, 'hosts'], `${hosts} hosts, the fabric has ${t.hosts}`);
  return Array.from({ length: Math.min(hosts ?? t.hosts, t.hosts) }, (_, n) => n);
}

/** Numbers below n: splitmix32 (Steele, Lea, Flood 2014), so that a seed means one workload everywhere. */
export function lots(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return n => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return Math.floor(((z ^ (z >>> 15)) >>> 0) / 2 ** 32 * n);
  };
}
