// tshark.ts -- Wireshark's reading of a capture, the judge of ours.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** Each packet judged by itself: nothing reassembled, every checksum verified. */
const PREFERENCES = ['ip.defragment:FALSE', 'ipv6.defragment:FALSE', 'tcp.desegment_tcp_streams:FALSE',
  'ip.check_checksum:TRUE', 'udp.check_checksum:TRUE', 'tcp.check_checksum:TRUE', 'icmp.favor_icmp_mpls:TRUE'];

/** For each frame of `file` the values of each field, joined by commas where it occurs more than once. */
export function tsharkFields(file: string, fields: readonly string[]): string[][] {
  const args = ['-n', '-r', file, ...PREFERENCES.flatMap(p => ['-o', p]), '-d', 'udp.port==8472,vxlan', '-T', 'fields', ...fields.flatMap(f => ['-e', f])];
  return execFileSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] })
    .trimEnd().split('\n').map(line => line.split('\t'));
}

/** A classic little-endian capture of Ethernet. */
export function writeCapture(file: string, packets: readonly Uint8Array[]): void {
  const words = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
  writeFileSync(file, Buffer.concat([words(0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1), ...packets.flatMap(p => [words(0, 0, p.length, p.length), p])]));
}
