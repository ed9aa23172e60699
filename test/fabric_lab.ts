// fabric_lab.ts -- small fabrics to put questions to.

import type { Flow, SimPort } from '../assembly/abi/sim.ts';
import { type Message, type Model, RunStatus, Simulation, type SwitchModel, type TransportModel } from '../src/fabric/simulation.ts';
import { clos } from '../src/fabric/topology/kind.ts';
import type { Topology } from '../src/fabric/topology.ts';
import { loadKernels } from '../src/kernel/load.ts';

export const US = 1e6;
export const SWITCH: SwitchModel = { latency: 600_000, buffer: 64_000_000 };
export const LOSSLESS: SwitchModel = { ...SWITCH, pfc: { xoff: 400_000, xon: 300_000, priorities: [3] } };
export const TRANSPORT: TransportModel = { mode: 'out-of-order', mtu: 4096, window: 256, ackEvery: 4, timeout: 500 * US, priority: 3 };
const CABLES = { members: 1, rate: 400e9, delay: 250_000 };

export const twoTier = (leaves: number, spines: number, hostsPerLeaf: number, parallel = 1): Topology => clos('leaf-spine', { host: { ...CABLES, delay: 15_000 }, fabric: { ...CABLES, members: parallel }, core: CABLES }, { pods: 1, leaves, spines, cores: 0, hostsPerLeaf });

export function simulate(topology: Topology, messages: readonly Message[], more: Partial<Model> = {}): Simulation {
  return new Simulation(loadKernels({ memory: 512 * 2 ** 20, small: 64, jumbo: 16, huge: 4 }), { topology, messages, balance: 'fare', switches: LOSSLESS, transport: TRANSPORT, nicLatency: 500_000, seed: 1, ...more });
}

/** Run to the end; every message is there. */
export function finish(sim: Simulation): Simulation {
  const status = sim.run();
  if (status !== RunStatus.DONE) throw new Error(`ended ${RunStatus[status]} at ${sim.now} ps`);
  return sim;
}

/** A time of a message, picoseconds. */
export const timeOf = (sim: Simulation, n: number, field: Flow): number => Number(sim.k.view.getBigInt64(sim.flowRecord(n) + field, true));
/** A counter of a port. */
export const portCount = (sim: Simulation, n: number, field: SimPort): number => Number(sim.k.view.getBigUint64(sim.portRecord(n) + field, true));

/** Every host sends to the one as far along on the next leaf. */
export const crossLeaf = (hosts: number, perLeaf: number, bytes: number): Message[] => Array.from({ length: hosts }, (_, i) => ({ src: i, dst: (i + perLeaf) % hosts, bytes, start: 0 }));

