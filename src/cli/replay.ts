// replay.ts -- `weft replay`: a capture through the switches of a file.

import { type Command as Commander, InvalidArgumentError, Option } from 'commander';
import type { Rate } from '../replay/rate.ts';
import type { Command } from './command.ts';
import { amount, count, memory } from './numbers.ts';
import { type Reload, type ReplayFlags, runReplay } from './replay_run.ts';

const command: Command<ReplayFlags> = {
  json: true,
  examples: [
    'weft replay -r in.pcap -c router.yaml -w out.pcapng --drops drops.pcapng',
    "weft replay -r in.pcapng -c router.yaml --json 'udp port 4789 and net 10.0.0.0/8'",
    'tcpdump -i eth0 -w - | weft replay -r - -c router.yaml -w - | wireshark -k -i -',
    'weft replay -r in.pcap -c router.yaml -w out.pcap --pps 100k --loop 3',
    'weft replay -r in.pcap -c router.yaml --reload 1000:drained.yaml -w out.pcap',
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
      .option('--reload <packet:file>', 'run on another switch file from that packet on; may be given more than once', reload, [])
      .addOption(new Option('--reader <name>', 'who parses the capture').choices(['weft', 'pcap-parser']).default('weft'))
      .option('--memory <size>', 'memory to reserve, up to 4GiB; default: what the switch needs', memory)
      .addHelpText('after', `
A rate sets the times of packets, from the first one's on. Where capture or output is a pipe, packets also
wait for theirs.

A reload applies the difference: what both files have keeps its counters, its neighbours, its flows. Routes,
groups, neighbors, mpls labels and srv6 may change; a file that changes more is refused, and the one before
runs on.`);
  },

  run: async (words, flags, talk) => (await runReplay(words.join(' '), flags, talk)).code,
};
export default command;

/** `1000:new.yaml`, behind those given before. */
function reload(text: string, before: readonly Reload[]): Reload[] {
  const [, packet, file] = /^(\d+):(.+)$/.exec(text) ?? [];
  if (!file || Number(packet) < 1) throw new InvalidArgumentError('Expected a packet number and a switch file, as in 1000:new.yaml.');
  if (Number(packet) <= (before.at(-1)?.packet ?? 0)) throw new InvalidArgumentError('Expected a packet behind that of the reload before.');
  return [...before, { packet: Number(packet), file }];
}

function rate(flags: string, what: string, unit: Rate['unit']): Option {
  return new Option(flags, what).argParser(amount).conflicts(['pps', 'mbps', 'multiplier'].filter(u => u !== unit));
}
