// oracle_seg6local.test.ts -- inserted headers, End.T, End.DX2, End.DX6 and
// End.B6 against what Linux made of the same frames (recordings/linux_srv6.txt).

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch, type Outcome } from './bench_switch.ts';

const ETH = 14, IP6 = 40;
const lines = readFileSync(new URL('recordings/linux_srv6.txt', import.meta.url), 'utf8').split('\n').filter(l => l !== '' && !l.startsWith('#')).map(l => l.split(' '));
const recorded = (name: string, way: 'in' | 'out' | 'back'): Buffer[] => lines.filter(l => l[0] === name && l[1] === way).map(l => Buffer.from(l[3]!, 'hex'));

/** The router of the recordings: r0 is e1, r1 is e2. */
const ROUTER = `
ports:
  e1: {address: "fd00:1::2/64", mac: 02:00:00:00:00:02, mtu: 9000}
  e2: {address: "fd00:2::2/64", mac: 02:00:00:00:00:03, mtu: 9000}
vrfs: [t77]
neighbors: [{address: fd00:1::9, mac: 02:00:00:00:00:01, port: e1}, {address: fd00:2::9, mac: 02:00:00:00:00:04, port: e2}]
routes:
  - {to: default6, via: fd00:2::9}
  - {to: 2001:db8:1::/48, via: fd00:1::9}
  - {to: default6, vrf: t77, via: fd00:1::9, port: e1}
  - {to: 2001:db8:a5::/48, srv6: in2, via: fd00:2::9}
  - {to: 2001:db8:a8::/48, srv6: in1, via: fd00:2::9}
srv6:
  source: fd00:ffff::1
  hop_limit: copy
  flow_label: copy
  policies:
    in1: {segments: ["fcbb:bb10:1::"], mode: insert}
    in2: {segments: ["fcbb:bb10:1::", "fcbb:bb10:2::"], mode: insert}
    over: {segments: ["fcbb:bb10:1::", "fcbb:bb10:2::"]}
  sids:
    "fcbb:bb00:d2::/48": {behavior: End.DX2, port: e2}
    "fcbb:bb00:d6::/48": {behavior: End.DX6, via: fd00:2::9}
    "fcbb:bb00:b6::/48": {behavior: End.B6.Encaps, policy: over}
    "fcbb:bb00:b7::/48": {behavior: End.B6.Insert, policy: in2}
    "fcbb:bb00:70::/48": {behavior: End.T, vrf: t77}
`;

const replay = (name: string): Outcome[] => {
  const b = new BenchSwitch(ROUTER);
  return recorded(name, 'in').map((bytes, i) => b.send([{ port: 'e1', bytes, id: i + 1 }]));
};
const sentBy = (o: Outcome, port: string): Buffer[] => o.sent.filter(s => s.port === port).map(s => Buffer.from(s.bytes));
const drops = (all: readonly Outcome[]): string[] => all.map(o => o.visits.find(v => v.drop !== '')?.drop ?? '');
const same = (got: Buffer | undefined, want: Buffer | undefined, what: string): void => assert.fixture(hexdump(got!), hexdump(want!), what);
/** Type, code and pointer of the ICMPv6 messages that went back. */
const told = (o: Outcome): string => sentBy(o, 'e1').map(f => `${f[ETH + IP6]} ${f[ETH + IP6 + 1]} ${f.readUInt32BE(ETH + IP6 + 4)}`).join();

test('H.Insert', () => {
  const out = replay('HInsert').map(o => sentBy(o, 'e2')[0]), linux = recorded('HInsert', 'out');
  assert.is(linux.length, 5);
  for (const i of [0, 1, 2, 4]) same(out[i], linux[i], `frame ${i}`);
  // The difference: Linux puts the SRH before hop-by-hop options, which RFC 8200 section 4.1 has stand first.
  const srh = linux[3]!.subarray(ETH + IP6, ETH + IP6 + 56), options = linux[3]!.subarray(ETH + IP6 + 56, ETH + IP6 + 64);
  const want = Buffer.concat([linux[3]!.subarray(0, ETH + IP6), options, srh, linux[3]!.subarray(ETH + IP6 + 64)]);
  want[ETH + 6] = 0;
  [want[ETH + IP6], want[ETH + IP6 + 8]] = [43, options[0]!];
  same(out[3], want, 'frame 3');
});

for (const name of ['EndDX2', 'EndDX6'])
  test(name, () => {
    const out = replay(name);
    out.slice(0, 2).forEach((o, i) => { same(sentBy(o, 'e2')[0], recorded(name, 'out')[i], `frame ${i}`); });
    // The difference: Linux drops IPv4 inside without a word (4.1.1).
    assert.equal(drops(out), ['', '', 'UPPER_LAYER_NOT_ALLOWED']);
    assert.is(told(out[2]!), '4 4 40');
  });

test('End.T', () => {
  const out = replay('EndT'), [linux] = recorded('EndT', 'back');
  same(sentBy(out[0]!, 'e1')[0], linux, 'the next segment, by table 77');
  assert.equal(drops(out), ['', 'UPPER_LAYER_NOT_ALLOWED', 'UPPER_LAYER_NOT_ALLOWED', 'HOP_LIMIT_EXCEEDED']);
  assert.equal(out.slice(1).map(told), ['4 4 80', '4 4 40', '3 0 0']);
});

test('End.B6.Encaps', () => {
  const out = replay('EndB6Encaps'), [linux] = recorded('EndB6Encaps', 'out'), inner = ETH + IP6 + 8 + 32;
  // The difference: Linux takes the outer hop limit down, and leaves the inner one alone (S12).
  const want = Buffer.from(linux!);
  assert.equal([want[ETH + 7], want[inner + 7]], [63, 64]);
  want[inner + 7] = 63;
  same(sentBy(out[0]!, 'e2')[0], want, 'frame 0');
  assert.equal(drops(out), ['', 'UPPER_LAYER_NOT_ALLOWED', 'UPPER_LAYER_NOT_ALLOWED', 'HOP_LIMIT_EXCEEDED']);
});

test('End.B6.Insert', () => {
  const out = replay('EndB6'), [linux] = recorded('EndB6', 'out'), own = ETH + IP6 + 8, below = own + 48;
  // The difference: Linux inserts before it goes on, so that the path comes
  // back to the SID, and back again; here the SID goes on to its next segment
  // first, and that is where the inserted list ends.
  const want = Buffer.from(linux!), next = want.subarray(below + 8, below + 24);
  assert.is(want.subarray(own, own + 16).toString('hex'), 'fcbbbb0000b700000000000000000000');
  assert.is(want[below + 3], 1);
  next.copy(want, own);
  want[below + 3] = 0;
  same(sentBy(out[0]!, 'e2')[0], want, 'frame 0');
  assert.equal(drops(out), ['', 'UPPER_LAYER_NOT_ALLOWED', 'UPPER_LAYER_NOT_ALLOWED', 'HOP_LIMIT_EXCEEDED']);
});

test.run();
