// replay.ts -- `weft replay`: a capture through the switches of a file.

import { type Command as Commander, Option } from 'commander';
import type { Rate } from '../replay/rate.ts';
import type { Command } from './command.ts';
import { amount, count, memory } from './numbers.ts';
import { type ReplayFlags, runReplay } from './replay_run.ts';

const command: Command<ReplayFlags> = {
  json: true,
  examples: [
    'weft replay -r in.pcap -c router.yaml -w out.pcapng --drops drops.pcapng',
    "weft replay -r in.pcapng -c router.yaml --json 'udp port 4789 and net 10.0.0.0/8'",
    'tcpdump -i eth0 -w - | weft replay -r - -c router.yaml -w - | wireshark -k -i -',
    'weft replay -r in.pcap -c router.yaml -w out.pcap --pps 100k --loop 3',
  ],

  define(c: Commander): void {
    c.argument('[filter...]', 'packets to take, in the language of tcpdump')
      .requiredOption('-r, --read <file>', 'capture to read: pcap or pcapng, also in gzip; - is stdin')
      .requiredOption('-c, --config <file>', 'switch file')
      .option('-w, --write <file>', 'capture of what leaves: pcapng when so named or -, which is stdout; else pcap')
      .option('--drops <file>', 'pcapng of what was dropped, each packet with node and reason as comment')
      .option('--port <name>', 'port by which packets enter whose interface is not named like a port; default: the first')
      .addOption(rate('--pps <n>', 'packets a second', 'pps'))
      .addOption(rate('--mbps <n>', 'megabits of frames a second', 'mbps'))
      .addOption(rate('-x, --multiplier <n>', "times the capture's own pace", 'multiplier'))
      .addOption(new Option('-t, --topspeed', 'as fast as it goes, times as captured (the default)').conflicts(['pps', 'mbps', 'multiplier']))
      .option('-l, --loop <n>', 'passes over the capture', count)
      .option('-L, --limit <n>', 'stop after so many packets', count)
      .addOption(new Option('--reader <name>', 'who parses the capture').choices(['weft', 'pcap-parser']).default('weft'))
      .option('--memory <size>', 'memory to reserve, up to 4GiB; default: what the switch needs', memory)
      .addHelpText('after', `
A rate sets the times of packets, from the first one's on. Where capture or output is a pipe, packets also
wait for theirs.`);
  },

  run: async (words, flags, talk) => (await runReplay(words.join(' '), flags, talk)).code,
};
export default command;

function rate(flags: string, what: string, unit: Rate['unit']): Option {
  return new Option(flags, what).argParser(amount).conflicts(['pps', 'mbps', 'multiplier'].filter(u => u !== unit));
}
