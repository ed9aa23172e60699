// peers.ts -- other programs that take a capture through, and what they do
// with a packet on the way.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface Peer {
  readonly name: string;
  readonly does: string;
  /** Command line from one file to another. */
  command(input: string, output: string): string[];
  /** Why it cannot run here, or "". */
  missing(): string;
  /** For so few packets only: it is that slow. */
  readonly packets?: number;
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const dist = path('../dist/weft.js');
/** No output, no failure: it is installed. */
const absent = (command: string, ...args: string[]): string =>
  spawnSync(command, args, { stdio: 'ignore' }).error ? `${command} is not installed` : '';

const FEW = 50_000;
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

const SCAPY = `
import sys
from scapy.all import Ether, PcapReader, PcapWriter
w = PcapWriter(sys.argv[2])
for p in PcapReader(sys.argv[1]):
    p.src, p.dst = '02:00:00:00:01:02', '02:00:00:00:00:04'
    p['IP'].ttl -= 1
    del p['IP'].chksum
    w.write(p)
`;
const PCAP_PARSER = `
let n = 0;
require(process.argv[1]).parse(process.argv[2]).on('packet', () => n++).on('end', () => console.log(n));
`;

export const weft: Peer = {
  name: 'weft',
  does: 'checks, looks up, TTL, checksum, MACs, account',
  command: (input, output) => [process.execPath, dist, 'replay', '-r', input, '-w', output, '-c', path('../examples/router.yaml'), '--quiet'],
  missing: () => existsSync(dist) ? '' : 'dist/weft.js is missing: npm run build',
};

export const peers: readonly Peer[] = [
  { name: 'cp', does: 'copies', command: (i, o) => ['cp', i, o], missing: () => absent('cp', '--version') },
  {
    name: 'tcprewrite', does: 'TTL, checksum, MACs',
    command: (i, o) => ['tcprewrite', '--enet-dmac=02:00:00:00:00:04', '--enet-smac=02:00:00:00:01:02', '--ttl=-1', '-i', i, '-o', o],
    missing: () => absent('tcprewrite', '--version'),
  },
  { name: 'editcap', does: 'copies records', command: (i, o) => ['editcap', '-F', 'pcap', i, o], missing: () => absent('editcap', '--version') },
  { name: 'tcpdump', does: 'copies records', command: (i, o) => ['tcpdump', '-r', i, '-w', o], missing: () => absent('tcpdump', '--version') },
  {
    name: 'scapy', does: 'TTL, checksum, MACs', packets: FEW,
    command: (i, o) => [python, '-c', SCAPY, i, o],
    missing: () => absent(python, '--version') || (spawnSync(python, ['-c', 'import scapy'], { stdio: 'ignore' }).status === 0 ? '' : 'scapy is not installed'),
  },
  {
    name: 'pcap-parser', does: 'reads', packets: FEW,
    command: i => [process.execPath, '-e', PCAP_PARSER, createRequire(import.meta.url).resolve('pcap-parser'), i],
    missing: () => '',
  },
];

export interface Run { readonly seconds: number; /** Bytes, the highest seen. */ readonly resident: number }

/** Looks at a process's memory, milliseconds apart. */
const LOOK = 20;

/** Run a command to its end. @throws Error with what it said when it fails */
export function run([command = '', ...args]: readonly string[]): Promise<Run> {
  return new Promise((done, fail) => {
    const start = process.hrtime.bigint(), child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let resident = 0, said = '';
    const look = () => { resident = Math.max(resident, peak(child.pid)); };
    const timer = setInterval(look, LOOK);
    child.stderr.on('data', (d: Buffer) => { said = (said + d.toString()).slice(-2000); });
    child.on('error', fail);
    child.on('close', code => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      clearInterval(timer);
      if (code === 0) done({ seconds, resident });
      else fail(new Error(`${command} ended with ${code}: ${said}`));
    });
  });
}

/** Peak resident memory of a process so far, bytes; 0 where /proc does not say. */
function peak(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
