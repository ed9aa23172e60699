// replay.ts -- `npm run bench:replay`: whole processes, file to file, in the
// page cache, weft and its peers in turn.

import { mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mix, MIXES, recordBytes, writeCapture } from './captures.ts';
import { headLines, machine } from './machine.ts';
import { type Peer, peers, run, type Run, weft } from './peers.ts';

const USAGE = `Usage: npm run bench:replay -- [OPTIONS]

  --packets N  packets of 64 bytes (default 10000000); IMIX and 1500 bytes get 200 bytes for each
  --rounds N   runs of each program, in turn; the median counts (default 3)

Captures are made in the temporary folder (TMPDIR) and removed.
`;

/** Bytes of the IMIX and 1500-byte captures for each packet of 64 bytes: 2 GB for 10 million. */
const BYTES_PER_PACKET = 200;
const GIB = 2 ** 30, MIB = 2 ** 20;

const { values } = parseArgs({ options: { packets: { type: 'string', default: '10000000' }, rounds: { type: 'string', default: '3' }, help: { type: 'boolean', short: 'h' } } });
const packets = Number(values.packets), rounds = Number(values.rounds);
if (values.help || !Number.isInteger(packets) || packets < 1 || !Number.isInteger(rounds) || rounds < 1) {
  (values.help ? process.stdout : process.stderr).write(USAGE);
  process.exit(values.help ? 0 : 2);
}

const say = (line: string): void => { process.stdout.write(line + '\n'); };
for (const line of headLines(machine())) say(line);
if (weft.missing()) {
  say(weft.missing());
  process.exit(1);
}
const present = peers.filter(p => {
  const why = p.missing();
  if (why) say(`# ${p.name} skipped: ${why}`);
  return why === '';
});

const count = (mix: Mix): number => mix === '64 B' ? packets : Math.round(packets * BYTES_PER_PACKET / recordBytes(mix));
const most = Math.max(...(Object.keys(MIXES) as Mix[]).map(m => count(m) * recordBytes(m)));
/** The capture, the one a quarter as long, one output. */
const need = most * 2.5, dir = mkdtempSync(join(tmpdir(), 'weft-bench-')), output = join(dir, 'out.pcap');
process.once('SIGINT', () => process.exit(130));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
const { bavail, bsize } = statfsSync(dir);
if (bavail * bsize < need) {
  say(`${dir} has ${(bavail * bsize / GIB).toFixed(1)} GiB free, this takes ${(need / GIB).toFixed(1)}: ask for fewer --packets, or set TMPDIR`);
  process.exit(4);
}

/** One run; the output has to be as long as the input where it is a copy of its records. */
async function once(p: Peer, input: string): Promise<Run> {
  const r = await run(p.command(input, output));
  const size = statSync(output, { throwIfNoEntry: false })?.size;
  if (p === weft && size !== statSync(input).size) throw new Error(`weft wrote ${size} bytes for ${statSync(input).size}: not every packet was forwarded`);
  rmSync(output, { force: true });
  return r;
}

const median = (runs: readonly Run[]): Run => runs.toSorted((a, b) => a.seconds - b.seconds)[runs.length >> 1]!;

function row(p: Peer, n: number, bytes: number, { seconds, resident }: Run, rate: number): void {
  const pps = n / seconds;
  say(`${p.name.padEnd(12)} ${seconds.toFixed(2).padStart(8)} ${(pps / 1e6).toFixed(3).padStart(9)} ${(bytes / seconds / 1e9).toFixed(3).padStart(8)} ${(rate / pps).toFixed(2).padStart(9)} ${(resident / MIB).toFixed(0).padStart(9)}  ${p.does}`);
}

for (const mix of Object.keys(MIXES) as Mix[]) {
  const n = count(mix), input = join(dir, 'in.pcap'), few = join(dir, 'few.pcap');
  writeCapture(input, mix, n);
  const bytes = statSync(input).size, all = [weft, ...present.filter(p => p.packets === undefined)], runs = new Map<Peer, Run[]>(all.map(p => [p, []]));
  say(`# ${mix}: ${n.toLocaleString('en')} packets, ${(bytes / 1e9).toFixed(2)} GB; median of ${rounds}`);
  say('# program       seconds      Mpps     GB/s  weft is x  peak MiB  does');
  for (let r = 0; r < rounds; r++) for (const p of all) runs.get(p)!.push(await once(p, input));
  const rate = n / median(runs.get(weft)!).seconds;
  for (const p of all) row(p, n, bytes, median(runs.get(p)!), rate);
  // As long as it is fair: slow ones see the first packets only.
  for (const p of present.filter(q => q.packets !== undefined)) {
    const part = Math.min(p.packets!, n);
    writeCapture(few, mix, part);
    row({ ...p, does: `${p.does}; ${part.toLocaleString('en')} packets` }, part, statSync(few).size, await once(p, few), rate);
  }
  if (n >= 4) {
    writeCapture(few, mix, n >> 2);
    const quarter = await once(weft, few);
    say(`# weft's memory: ${(quarter.resident / MIB).toFixed(0)} MiB with a quarter of the capture, ${(median(runs.get(weft)!).resident / MIB).toFixed(0)} MiB with all of it`);
  }
}
