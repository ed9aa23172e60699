// check.ts -- `weft check`: is a switch file right, and what does it make?

import { EXIT } from '../kernel/errors.ts';
import { ConfigError } from '../switch/file.ts';
import type { Network } from '../switch/network.ts';
import type { Command } from './command.ts';
import { loadNetwork } from './load.ts';
import { bytesText, grouped, memory } from './numbers.ts';
import { table } from './table.ts';

interface Flags { config: string; memory?: number }

const command: Command<Flags> = {
  json: true,
  examples: ['weft check -c router.yaml', 'weft check -c fabric.yaml --json'],

  define(c) {
    c.requiredOption('-c, --config <file>', 'switch file').option('--memory <size>', 'memory it must fit, up to 4GiB; default: what it needs', memory);
  },

  run(_, { config, memory }, talk) {
    let network: Network;
    try {
      network = loadNetwork(config, memory);
    } catch (e) {
      if (!(e instanceof ConfigError) || !talk.json) throw e;
      talk.document({ code: EXIT.usage, faults: e.faults.map(located) });
      return EXIT.usage;
    }
    const switches = network.switches.map(s => ({
      name: s.name, ports: s.portNames.length, interfaces: s.built.interfaces.length,
      vrfs: s.built.vrfs.size, bridges: s.built.bridges.size, neighbors: s.built.neighbors.size, routes: s.built.routeCount,
    }));
    const ports = network.ports.filter((_, i) => !network.linked(i)).map(p => p.name), { used, bytes } = network.k;
    if (talk.json) talk.document({ code: EXIT.ok, switches, outside: ports, memory: { used, reserved: bytes.length } });
    else if (!talk.quiet) {
      const titles = Object.keys(switches[0]!), { dim, green } = talk.colors;
      const rows = switches.map(s => Object.values(s).map(v => (typeof v === 'number' ? grouped(v) : v)));
      for (const line of table(titles.map((title, i) => ({ title, right: i > 0 })), rows, (cell, _, row) => (row < 0 ? dim(cell) : cell))) talk.out(line);
      talk.out(`\nports to the outside: ${ports.join(', ')}`);
      talk.out(`${green('ok')}, ${bytesText(used)} of memory in use`);
    }
    return EXIT.ok;
  },
};
export default command;

/** A fault's text, and the place it begins with. */
function located(fault: string): { file?: string; line?: number; column?: number; message: string } {
  const [first = '', ...excerpt] = fault.split('\n'), found = /^(.*?):(\d+):(\d+): (.*)$/.exec(first);
  return found ? { file: found[1]!, line: Number(found[2]), column: Number(found[3]), message: found[4]! } : { message: [first, ...excerpt].join('\n') };
}
