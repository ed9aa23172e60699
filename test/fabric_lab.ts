// fabric_lab.ts -- small fabrics to put questions to.

import { Flow, Sim, SimPort } from '../assembly/abi/sim.ts';
import { type BalanceName, type Message, type Model, RunStatus, Simulation, type SwitchModel, type TransportModel } from '../src/fabric/simulation.ts';
import { leafSpine, type Topology } from '../src/fabric/topology.ts';
import { loadKernels } from '../src/kernel/load.ts';

export const US = 1e6;
export const SWITCH: SwitchModel = { latency: 600_000, buffer: 64_000_000 };
export const LOSSLESS: SwitchModel = { ...SWITCH, pfc: { xoff: 400_000, xon: 300_000, priorities: [3] } };
export const TRANSPORT: TransportModel = { mode: 'out-of-order', mtu: 4096, window: 256, ackEvery: 4, timeout: 500 * US, priority: 3 };
const CABLES = { hostRate: 400e9, fabricRate: 400e9, hostMetres: 3, fabricMetres: 50 };

export const twoTier = (leaves: number, spines: number, hostsPerLeaf: number, parallel = 1): Topology => leafSpine({ leaves, spines, hostsPerLeaf, parallel, ...CABLES });

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

/** Mean share of the time that the links of a tier's ports were busy, from the first byte to the end of the first flow; the busiest stage's. */
export function busiest(sim: Simulation): number {
  const { topology: t } = sim.model, window = Number(sim.k.view.getBigInt64(sim.at + Sim.FIRST_END, true)) - Number(sim.k.view.getBigInt64(sim.at + Sim.FIRST_START, true));
  const stages = new Map<string, number[]>();
  for (const { ends } of t.links)
    ends.forEach((end, side) => {
      const stage = `${t.devices[end.device]!.tier}>${t.devices[ends[1 - side]!.device]!.tier}`;
      stages.set(stage, [...stages.get(stage) ?? [], portCount(sim, sim.port(end.device, end.port), SimPort.BUSY) / window]);
    });
  return Math.max(...[...stages.values()].map(list => list.reduce((a, b) => a + b, 0) / list.length));
}
export type { BalanceName };
