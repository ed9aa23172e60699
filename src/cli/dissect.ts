// dissect.ts -- `weft dissect`: the packets of a capture in words, as tshark
// would have them.

import { InvalidArgumentError } from 'commander';
import { Packet, VEC_MAX } from '../../assembly/abi/packet.ts';
import { faultText } from '../capture/fault.ts';
import { openCapture } from '../capture/open.ts';
import { compileFilter } from '../filter/filter.ts';
import { EXIT } from '../kernel/errors.ts';
import { loadKernels } from '../kernel/load.ts';
import { frame, release, Vector } from '../kernel/packets.ts';
import type { Command } from './command.ts';
import { formatter, type Manner } from './dissect_format.ts';

interface Flags extends Manner { read: string; number?: Range }
/** Packet numbers from `first` to `last`. */
interface Range { readonly first: number; readonly last: number }

/** A reader and one burst need no more. */
const SIZES = { memory: 64 * 2 ** 20, small: 2 * VEC_MAX, jumbo: 2 * VEC_MAX, huge: VEC_MAX };

const command: Command<Flags> = {
  examples: [
    'weft dissect -r in.pcap -n 1-20',
    "weft dissect -r in.pcapng -V -n 17 'ip6'",
    'weft dissect -r in.pcap -T fields -e frame.number -e ip.src -e ip.dst -E header=y -E separator=,',
  ],

  define(c) {
    c.argument('[filter...]', 'packets to print, in the language of tcpdump')
      .requiredOption('-r, --read <file>', 'capture to read; - is stdin')
      .option('-n, --number <n>', 'packet number, or first-last', range)
      .option('-V, --verbose', 'all fields of text, not one line a packet')
      .addOption(c.createOption('-T, --type <type>', 'form of the output').choices(['text', 'json', 'fields']).default('text'))
      .option('-e, --field <name>', "field of -T fields, under Wireshark's name; once for each", gather)
      .option('-E, --form <key=value>', 'form of -T fields: header=y, separator=, (also /t and /s), aggregator=,', gather);
  },

  async run(words, flags, talk) {
    const program = compileFilter(words.join(' ')), print = formatter(flags, talk);
    const k = loadKernels(SIZES), at = k.alloc(program.room, 'filter'), vector = new Vector(k);
    k.bytes.set(program.bytes, at);
    const reader = openCapture(k, flags.read, { filter: { program: at, count: program.count } });
    const { first = 1, last = Number.POSITIVE_INFINITY } = flags.number ?? {};
    print.begin();
    for (let number = 0; number < last; ) {
      const n = reader.next(vector.at, VEC_MAX);
      if (n === 0 && !await reader.fill()) break;
      for (let i = 0; i < n; i++) {
        const d = k.u32[(vector.at >>> 2) + i]!;
        number = k.view.getUint32(d + Packet.ID, true);
        if (number >= first && number <= last)
          print.packet(frame(k, d), { number, wire: k.view.getUint32(d + Packet.ORIG, true), time: (reader.origin ?? 0n) * PS_PER_SECOND + k.view.getBigInt64(d + Packet.TIME, true) });
        release(k, d);
      }
    }
    print.end();
    reader.close();
    if (reader.fault) talk.error(faultText(reader.fault), 'all before it was printed');
    return reader.fault ? EXIT.input : EXIT.ok;
  },
};
export default command;

const PS_PER_SECOND = 10n ** 12n;

function range(text: string): Range {
  const [, first, , last] = /^(\d+)(-(\d+))?$/.exec(text) ?? [], from = Number(first), to = Number(last ?? first);
  if (!(from >= 1 && to >= from)) throw new InvalidArgumentError('Expected a packet number from 1, or first-last.');
  return { first: from, last: to };
}

const gather = (value: string, before: readonly string[] = []): string[] => [...before, value];
