// explain.ts -- `weft explain`: one packet's way through the switches of a file.

import { explainFrame, explainPacket } from '../explain/explain.ts';
import type { Explanation } from '../explain/explanation.ts';
import { explanationJson } from '../explain/json.ts';
import { explanationText } from '../explain/text.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { portMac } from '../replay/replay.ts';
import type { Network } from '../switch/network.ts';
import { build } from '../wire/build.ts';
import type { Command } from './command.ts';
import { entryPort, type InputFlags, inputFilter, openInput } from './input.ts';
import { loadNetwork } from './load.ts';
import { count, memory } from './numbers.ts';
import { sourceLines } from './source_line.ts';

interface Flags extends Partial<InputFlags> { config: string; number?: number; whatIf?: string; memory?: number }

const command: Command<Flags> = {
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

  async run(words, flags, talk) {
    const { config, number, whatIf, read } = flags;
    if ((number === undefined) === (whatIf === undefined)) throw new WeftError(EXIT.usage, 'expected the packet to explain: -n NUMBER or --what-if PACKET', 'weft explain --help');
    if (number !== undefined && read === undefined) throw new WeftError(EXIT.usage, `packet ${number} of which capture?`, 'name it with -r');
    const program = inputFilter(words), network = loadNetwork(config, flags.memory);
    const reader = read === undefined ? undefined : openInput(network, { ...flags, read }, program, number === undefined ? {} : { mark: number });
    let explanation: Explanation;
    try {
      explanation = number !== undefined ? await explainPacket(network, reader!, number) : await whatIfPacket(network, flags, reader);
    } finally {
      reader?.close();
    }
    if (talk.json) talk.document(explanationJson(explanation, EXIT.ok));
    else for (const line of explanationText(explanation, network.switches.length > 1, sourceLines(network.file), talk.colors)) talk.out(line);
    return EXIT.ok;
  },
};
export default command;

/** Source of packets that state none: locally administered, no port has it. */
const SOURCE = Uint8Array.of(2, 0, 0, 0, 0, 0);

function whatIfPacket(network: Network, { whatIf, port }: Flags, reader: Parameters<typeof explainFrame>[3]): Promise<Explanation> {
  const entry = entryPort(network, port);
  return explainFrame(network, entry, build(whatIf!, { src: SOURCE, dst: portMac(network, entry) }), reader);
}
