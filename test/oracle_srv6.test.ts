// oracle_srv6.test.ts -- SIDs and policies against Linux 6.18 (seg6local, seg6),
// whose input and output were recorded. r0 is e1 here, r1 is e2.

import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IP_PROTOCOL } from '../assembly/wire/ip.ts';
import { checksum, pseudoSum } from '../src/wire/checksum.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch, type Outcome } from './bench_switch.ts';
import { recordedFrames } from './recorded.ts';
import { needs, noRecording, shared } from './skip.ts';

/** The router of the recordings. */
const ROUTER = `
ports:
  e1: {address: [10.0.1.2/24, fd00:1::2/64], mac: 02:00:00:00:00:02, mtu: 9000}
  e2: {address: [10.0.2.2/24, fd00:2::2/64], mac: 02:00:00:00:00:03, mtu: 9000}
neighbors:
  - {address: fd00:1::9, mac: 02:00:00:00:00:01, port: e1}
  - {address: fd00:2::9, mac: 02:00:00:00:00:04, port: e2}
  - {address: 10.0.1.9, mac: 02:00:00:00:00:01, port: e1}
  - {address: 10.0.2.9, mac: 02:00:00:00:00:04, port: e2}
routes:
  - {to: 192.0.2.0/24, via: 10.0.1.9}
  - {to: default6, via: fd00:2::9}
  - {to: 2001:db8:1::/48, via: fd00:1::9}
`;
const SIDS = `${ROUTER}
srv6:
  sids:
    "fcbb:bb00:e::/48": {behavior: End}
    "fcbb:bb00:e1::/48": {behavior: End, flavors: [psp]}
    "fcbb:bb00:d4::/48": {behavior: End.DX4, via: 10.0.2.9}
`;
// Linux keeps the inner hop limit and flow label for the outer header.
const HEADEND = `${ROUTER}
  - {to: 2001:db8:a1::/48, srv6: full, via: fd00:2::9}
  - {to: 2001:db8:a2::/48, srv6: reduced}
  - {to: 2001:db8:a3::/48, srv6: container}
srv6:
  source: fd00:ffff::1
  hop_limit: copy
  flow_label: copy
  policies:
    full: {segments: ["fcbb:bb10:1::", "fcbb:bb10:2::"]}
    reduced: {segments: ["fcbb:bb10:1::", "fcbb:bb10:2::"], mode: encaps.red}
    container: {segments: ["fcbb:bb10:1:2:3:4::"], mode: encaps.red}
`;

const ETH = 14, IP6 = 40;

/** A test on recordings, handed their frames. */
function recorded(name: string, files: readonly string[], run: (...frames: Buffer[][]) => void): void {
  needs(...files.map(f => noRecording(...f.split('/'))))(name, () => run(...files.map(f => recordedFrames(join(shared, f)))));
}

/** What weft does with each frame. */
const replay = (config: string, input: readonly Buffer[]): Outcome[] => {
  const b = new BenchSwitch(config);
  return input.map((bytes, i) => b.send([{ port: 'e1', bytes, id: i + 1 }]));
};

const sentBy = (o: Outcome, port: string): Buffer[] => o.sent.filter(s => s.port === port).map(s => Buffer.from(s.bytes));
const dropOf = (o: Outcome): string => o.visits.find(v => v.drop !== '')?.drop ?? '';
const same = (got: Buffer, want: Buffer, what: string): void => assert.fixture(hexdump(got), hexdump(want), what);

/** An ICMPv6 message with another flow label and quote. */
function requoted(message: Buffer, quote: Buffer): Buffer {
  const out = Buffer.concat([message.subarray(0, ETH + IP6 + 8), quote]);
  out.writeUInt32BE(0x60000000, ETH);
  out.writeUInt16BE(8 + quote.length, ETH + 4);
  out.writeUInt16BE(0, ETH + IP6 + 2);
  const pseudo = pseudoSum(out.subarray(ETH + 8, ETH + 24), out.subarray(ETH + 24, ETH + IP6), IP_PROTOCOL.ICMPV6, 8 + quote.length);
  out.writeUInt16BE(checksum(out.subarray(ETH + IP6), pseudo), ETH + IP6 + 2);
  return out;
}

/** Type, code and pointer of the ICMPv6 message that went back. */
const told = (o: Outcome): string => sentBy(o, 'e1').map(f => `${f[ETH + IP6]} ${f[ETH + IP6 + 1]} ${f.readUInt32BE(ETH + IP6 + 4)}`).join();

recorded('End', ['oracles/linux/srv6_End.in.pcap', 'oracles/linux/srv6_End.out.pcap', 'oracles/linux/srv6_End.back.pcap'], (input, output, back) => {
  const out = replay(SIDS, input!);
  assert.equal(out.map(o => sentBy(o, 'e2').length), [1, 1, 0, 0, 0, 0, 1]);
  out.flatMap(o => sentBy(o, 'e2')).forEach((f, i) => { same(f, output![i]!, `frame ${i}`); });
  // The difference: Linux drops these three without a word, RFC 8986 has the
  // source told (4.1.1 twice, S10).
  assert.equal(out.slice(2, 5).map(dropOf), ['UPPER_LAYER_NOT_ALLOWED', 'UPPER_LAYER_NOT_ALLOWED', 'SRH_SEGMENTS_LEFT']);
  assert.equal(out.slice(2, 5).map(told), ['4 4 64', '4 4 40', '4 0 43']);
  // Both send time exceeded. The difference: Linux goes on to the next segment
  // first and quotes that (S05 comes before), and its messages have a flow label.
  const [linux] = back!, [ours] = sentBy(out[5]!, 'e1');
  assert.is(back!.length, 1);
  assert.not.equal(linux!.subarray(ETH + IP6 + 8), input![5]!.subarray(ETH));
  same(ours!, requoted(linux!, input![5]!.subarray(ETH)), 'time exceeded');
});

recorded('End with PSP', ['pcaps/linux_srv6_End_PSP.IN.pcap', 'pcaps/linux_srv6_End_PSP.OUT.pcap'], (input, output) => {
  const out = replay(SIDS, input!);
  assert.equal(out.map(o => sentBy(o, 'e2').length), [1, 1, 0, 0, 0, 0, 1]);
  out.flatMap(o => sentBy(o, 'e2')).forEach((f, i) => { same(f, output![i]!, `frame ${i}`); });
});

recorded('End.DX4', ['oracles/linux/srv6_EndDX4.in.pcap', 'oracles/linux/srv6_EndDX4.out.pcap', 'oracles/linux/srv6_EndDX4.back.pcap'], (input, output, back) => {
  const out = replay(SIDS, input!);
  assert.equal(out.map(o => sentBy(o, 'e2').length), [1, 1, 0, 0]);
  out.flatMap(o => sentBy(o, 'e2')).forEach((f, i) => { same(f, output![i]!, `frame ${i}`); });
  // The difference: Linux drops IPv6 inside without a word, RFC 8986 has the source told (4.1.1).
  assert.is(dropOf(out[2]!), 'UPPER_LAYER_NOT_ALLOWED');
  assert.is(told(out[2]!), '4 4 40');
  // Time exceeded of the inner packet. The difference: our messages have no identification, and DF.
  const [linux] = back!, want = Buffer.from(linux!), ip = want.subarray(ETH, ETH + 20);
  assert.is(back!.length, 1);
  ip.writeUInt32BE(0x4000, 4);
  ip.writeUInt16BE(0, 10);
  ip.writeUInt16BE(checksum(ip), 10);
  same(sentBy(out[3]!, 'e1')[0]!, want, 'time exceeded');
});

for (const [name, entered, left, inner] of [
  ['H.Encaps', 'oracles/linux/srv6_HEncaps_2sid.in.pcap', 'oracles/linux/srv6_HEncaps_2sid.out.pcap', IP6 + 8 + 32],
  ['H.Encaps (second recording)', 'pcaps/linux_srv6_HEncaps_2sid.IN.pcap', 'pcaps/linux_srv6_HEncaps_2sid.OUT.pcap', IP6 + 8 + 32],
  ['H.Encaps.Red', 'oracles/linux/srv6_HEncapsRed_2sid.in.pcap', 'oracles/linux/srv6_HEncapsRed_2sid.out.pcap', IP6 + 8 + 16],
  ['H.Encaps.Red without an SRH', 'pcaps/linux_srv6_HEncapsRed_usid_container_noSRH.IN.pcap', 'pcaps/linux_srv6_HEncapsRed_usid_container_noSRH.OUT.pcap', IP6],
] as const)
  recorded(name, [entered, left], (input, output) => {
    const out = replay(HEADEND, input!);
    assert.equal(out.map(o => sentBy(o, 'e2').length), [1, 1, 0, 1]);
    out.flatMap(o => sentBy(o, 'e2')).forEach((f, i) => {
      // The difference: Linux takes the outer hop limit down on the way out and
      // leaves the inner one alone, RFC 8986 section 5.1 the inner one (S05).
      const want = Buffer.from(output![i]!), limit = ETH + inner + 7;
      assert.is(want[limit], input![[0, 1, 3][i]!]![ETH + 7]);
      want[limit]!--;
      same(f, want, `frame ${i}`);
    });
    // Linux drops hop limit 1 without a word.
    assert.is(dropOf(out[2]!), 'HOP_LIMIT_EXCEEDED');
    assert.is(told(out[2]!), '3 0 0');
  });

test.run();
