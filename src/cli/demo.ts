// demo.ts -- `weft demo`: the capture and the switch that come with weft.

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DROPS, type Reason } from '../graph/drops.ts';
import type { Command } from './command.ts';
import { type ReplayFlags, runReplay } from './replay_run.ts';
import { projectRoot } from './root.ts';

type Flags = Pick<ReplayFlags, 'write' | 'drops'>;

const command: Command<Flags> = {
  json: true,
  examples: ['weft demo', 'weft demo -w out.pcapng --drops drops.pcapng && wireshark drops.pcapng'],

  define(c) {
    c.option('-w, --write <file>', 'capture of what leaves').option('--drops <file>', 'pcapng of what was dropped, with reasons');
  },

  async run(_, flags, talk) {
    const read = file('pcaps/demo.pcapng'), config = file('examples/demo.yaml');
    const { code, result } = await runReplay('', { ...flags, read, config }, talk);
    if (!result || talk.json || talk.quiet) return code;
    const { bold, dim, red } = talk.colors;
    talk.out(`\n${bold('What would let the dropped packets pass')}`);
    for (const reason of new Set(result.drops.map(d => d.reason))) {
      const { remedy, source } = (DROPS as Readonly<Record<string, Reason>>)[reason]!;
      talk.out(`  ${red(reason)}: ${remedy}${source && dim(` (${source})`)}`);
    }
    const files = `-r ${read} -c ${config}`;
    talk.out(`\n${bold('Go on with')}\n  weft explain ${files} -n ${result.drops[0]?.first ?? 1}\n  weft replay ${files} -w out.pcapng --drops drops.pcapng\n  weft show paths ${files}`);
    return code;
  },
};
export default command;

/** A file of the package, as short as it can be named from here. */
function file(path: string): string {
  const whole = fileURLToPath(new URL(path, projectRoot)), short = relative('', whole);
  return short.length < whole.length ? short : whole;
}
