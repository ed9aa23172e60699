// explain.ts -- `weft explain`: one packet's way through the switches of a file.

import type { Command } from './command.ts';
import { type ExplainFlags, runExplain } from './explain_run.ts';
import { count, memory } from './numbers.ts';

const command: Command<ExplainFlags> = {
  json: true,
  examples: [
    'weft explain -r in.pcap -c router.yaml -n 17',
    'weft explain -r drops.pcapng -c router.yaml -n 1 --json',
    "weft explain -c router.yaml --port e1 --what-if 'tcp 10.0.0.1:1234 > 10.1.0.2:80'",
    "weft explain -c router.yaml -r in.pcap --what-if 'eth()/vlan(id=30)/ip(src=10.0.0.1,dst=10.1.0.2,ttl=1)/udp(dstport=53)'",
  ],

  define(c) {
    c.argument('[filter...]', 'packets that enter at all, in the language of tcpdump')
      .requiredOption('-c, --config <file>', 'switch file')
      .option('-r, --read <file>', 'capture to read; - is stdin')
      .option('-n, --number <n>', 'packet to explain, from 1; those before it make the state it meets', count)
      .option('--what-if <packet>', 'explain a packet made from a description, after those of the capture, if there is one')
      .option('--port <name>', 'port by which packets enter whose interface is not named like a port; default: the first')
      .option('--memory <size>', 'memory to reserve, up to 4GiB; default: what the switch needs', memory);
  },

  run: runExplain,
};
export default command;
