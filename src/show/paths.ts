// paths.ts -- the ways that packets took, those of one way counted together.
// All packets are marked, a few at a time, so that the trace stays small.

import { Packet } from '../../assembly/abi/packet.ts';
import { type Branch, linked, Walk } from '../explain/walk.ts';
import { takeTrace } from '../graph/trace.ts';
import type { Pace } from '../replay/replay.ts';
import type { Network } from '../switch/network.ts';
import type { Switch } from '../switch/switch.ts';
import { count, type Report, type Watcher } from './report.ts';

/** Packets of a burst, and bytes of a switch's trace buffer: some 60 visits a packet. */
const BURST = 32, TRACE = 2 ** 20;

interface Way { count: number; readonly example: number; readonly path: string }

export class Paths implements Watcher {
  readonly #ways = new Map<string, Way>();
  /** Of the packets now under way, by number. */
  #walks = new Map<number, Walk>();
  #lost = 0;

  constructor(readonly network: Network) {
    for (const s of network.switches) s.graph.trace(TRACE);
  }

  readonly pace: Pace = {
    due: (vec, n) => {
      const { k } = this.network, due = Math.min(n, BURST);
      this.#fold();
      for (let i = 0; i < due; i++) k.view.setUint8(k.u32[(vec >>> 2) + i]! + Packet.MARK, 1);
      return due;
    },
  };

  readonly run = (sw: Switch): boolean => {
    const drained = sw.graph.run(), { visits, lost } = takeTrace(sw.graph);
    this.#lost += lost;
    for (const v of visits) {
      let walk = this.#walks.get(v.id);
      if (!walk) this.#walks.set(v.id, walk = new Walk(this.network));
      walk.add(sw, [v]);
    }
    return drained;
  };

  /** Count what the burst did. */
  #fold(): void {
    for (const [id, { roots }] of this.#walks) {
      const path = roots.map(r => pathText(this.network, r)).join('; '), known = this.#ways.get(path);
      if (known) known.count++;
      else this.#ways.set(path, { count: 1, example: id, path });
    }
    this.#walks = new Map();
  }

  report(): Report {
    this.#fold();
    const ways = [...this.#ways.values()].sort((a, b) => b.count - a.count || a.example - b.example);
    return {
      columns: [{ title: 'Count', right: true }, { title: 'Example', right: true }, { title: 'Path' }],
      rows: ways.map(w => [count(w.count), `#${w.example}`, w.path]),
      notes: this.#lost > 0 ? [`${count(this.#lost)} visits found no room in the trace: paths are incomplete`] : [],
      json: ways,
    };
  }
}

/** `e1 > ethernet_input > ip4_input > ip4_lookup DROP NO_ROUTE [made: ip4_lookup > ip4_rewrite > port_tx > e1]`. */
function pathText(network: Network, { kind, steps }: Branch): string {
  const parts = steps.flatMap(({ sw, born, visit: { node, edge, drop, rxPort, txPort }, branches }) => {
    const port = (n: number) => network.ports[network.number(sw, n)]!.name, inner = branches.map(b => ` [${pathText(network, b)}]`).join('');
    if (node === 'input') return port(rxPort);
    if (edge === 'sent') return [`${node}${inner}`, ...(linked(sw, txPort) ? [] : [port(txPort)])];
    if (born && edge !== 'drop' && edge !== 'consume') return []; // the branch stands behind the node that made it
    const end = edge === 'drop' ? ` DROP ${drop}` : edge === 'hold' ? ' HELD' : edge === 'consume' ? ' CONSUMED' : '';
    return `${node}${end}${inner}`;
  });
  return `${kind === 'packet' ? '' : `${kind}: `}${parts.join(' > ')}`;
}
