// demo.ts -- `weft demo`: the capture and the switch that come with weft.

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DROPS, type Reason } from '../graph/drops.ts';
import { EXIT } from '../kernel/errors.ts';
import type { Command } from './command.ts';
import { runExplain } from './explain_run.ts';
import { type ReplayFlags, runReplay } from './replay_run.ts';
import { projectRoot } from './root.ts';

type Flags = Pick<ReplayFlags, 'write' | 'drops'>;

/** The drop that is explained in full: two SIDs are on its way, and the second takes no IPv6. */
const EXPLAINED = 'UPPER_LAYER_NOT_ALLOWED';

const command: Command<Flags> = {
  json: true,
  examples: ['weft demo', 'weft demo -w out.pcapng --drops drops.pcapng && wireshark drops.pcapng'],

  define(c) {
    c.option('-w, --write <file>', 'capture of what leaves').option('--drops <file>', 'pcapng of what was dropped, with reasons');
  },

  async run(_, flags, talk) {
    const read = file('pcaps/demo.pcapng'), config = file('examples/demo.yaml');
    const { code, result } = await runReplay('', { ...flags, read, config }, talk);
    if (!result || code !== EXIT.ok || talk.json || talk.quiet) return code;
    const { bold, dim, red } = talk.colors;
    talk.out(`\n${bold('What would let the dropped packets pass')}`);
    for (const reason of new Set(result.drops.map(d => d.reason))) {
      const { remedy, source } = (DROPS as Readonly<Record<string, Reason>>)[reason]!;
      talk.out(`  ${red(reason)}: ${remedy}${source && dim(` (${source})`)}`);
    }
    const files = `-r ${read} -c ${config}`, number = result.drops.find(d => d.reason === EXPLAINED)!.first;
    talk.out(`\n${bold('Go on with')}\n  weft replay ${files} -w out.pcapng --drops drops.pcapng\n  weft show paths ${files}`);
    talk.out(`\n${bold('One of them in full')}: weft explain ${files} -n ${number}\n`);
    return runExplain([], { read, config, number }, talk);
  },
};
export default command;

/** A file of the package, as short as it can be named from here. */
function file(path: string): string {
  const whole = fileURLToPath(new URL(path, projectRoot)), short = relative('', whole);
  return short.length < whole.length ? short : whole;
}
