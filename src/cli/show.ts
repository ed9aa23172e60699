// show.ts -- `weft show`: what the switches of a file know, and what packets
// of a capture did there.

import { faultText } from '../capture/fault.ts';
import type { CaptureReader } from '../capture/reader.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { replay } from '../replay/replay.ts';
import { mermaid } from '../show/graph.ts';
import type { Watcher } from '../show/report.ts';
import { VIEWS } from '../show/views.ts';
import type { Command } from './command.ts';
import { type InputFlags, inputFilter, openInput } from './input.ts';
import { loadNetwork } from './load.ts';
import { memory } from './numbers.ts';
import { table } from './table.ts';
import type { Talk } from './talk.ts';

interface Flags extends Partial<InputFlags> { config: string; mermaid?: boolean; memory?: number }

const WIDTH = Math.max(...Object.keys(VIEWS).map(n => n.length));

const command: Command<Flags> = {
  json: true,
  examples: [
    'weft show fib -c router.yaml',
    'weft show paths -c router.yaml -r in.pcap',
    "weft show errors -c router.yaml -r in.pcap --json 'ip6'",
    'weft show graph -c router.yaml -r in.pcap --mermaid > graph.mmd',
  ],

  define(c) {
    c.addArgument(c.createArgument('<what>', 'what to show').choices(Object.keys(VIEWS)))
      .argument('[filter...]', 'packets to take, in the language of tcpdump')
      .requiredOption('-c, --config <file>', 'switch file')
      .option('-r, --read <file>', 'capture that runs through it first; - is stdin')
      .option('--port <name>', 'port by which packets enter whose interface is not named like a port; default: the first')
      .option('--mermaid', 'with graph: print a Mermaid flowchart')
      .option('--memory <size>', 'memory to reserve, up to 4GiB; default: what the switch needs', memory)
      .addHelpText('after', `\nWhat there is to show:\n${Object.entries(VIEWS).map(([name, v]) => `  ${name.padEnd(WIDTH)}  ${v.summary}${v.needsCapture ? ' (needs -r)' : ''}`).join('\n')}`);
  },

  async run([what, ...words], flags, talk) {
    const view = VIEWS[what!]!, { read } = flags;
    if (view.needsCapture && read === undefined) throw new WeftError(EXIT.usage, `show ${what} shows what packets did`, 'name a capture with -r');
    if (flags.mermaid && what !== 'graph') throw new WeftError(EXIT.usage, '--mermaid goes with show graph');
    const program = inputFilter(words), network = loadNetwork(flags.config, flags.memory), watcher = view.open(network, () => process.hrtime.bigint());
    const reader = read === undefined ? undefined : openInput(network, { ...flags, read }, program);
    if (reader) {
      try {
        await replay(network, reader, watcher);
      } finally {
        reader.close();
      }
    }
    const code = reader?.fault ? EXIT.input : EXIT.ok;
    if (flags.mermaid) for (const line of mermaid(network, reader)) talk.out(line);
    else print(watcher, what!, code, reader, talk);
    if (reader?.fault) talk.error(faultText(reader.fault), 'what all before it did was shown');
    return code;
  },
};
export default command;

function print(watcher: Watcher, what: string, code: number, reader: CaptureReader | undefined, talk: Talk): void {
  const { columns, rows, notes, json } = watcher.report(reader);
  const { dim } = talk.colors;
  if (talk.json) {
    talk.document({ code, [what]: json });
    return;
  }
  for (const line of table(columns, rows, (cell, _, row) => (row < 0 ? dim(cell) : cell))) talk.out(line.trimEnd());
  for (const note of notes) talk.out(dim(note));
}
