// srv6_domain.test.ts -- the edge of an SR domain, HMACs and the O-flag as a
// user meets them.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { replay } from '../src/replay/replay.ts';
import { VIEWS } from '../src/show/views.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { showOam } from '../src/switch/srv6_domain.ts';
import { showSids } from '../src/switch/srv6.ts';
import { captureFile, networkOf, readerOf } from './captured.ts';
import { BenchSwitch } from './bench_switch.ts';

const example = (name: string) => readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8');
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s+/g, ''), 'hex'));
const HMAC = example('srv6-hmac');
const CUSTOMER = hex('020000000101 020000000011 0800 45000020 00010000 401166c7 0a010001 0a020002 045708ae 000c1543 53527636');
const drops = (b: BenchSwitch) => b.network.switches.flatMap(s => s.graph.drops().map(d => `${s.name} ${d.node} ${d.reason} ${d.packets}`));

test('examples/srv6-hmac.yaml: signed at the head, verified at both SIDs, told of twice', () => {
  const b = new BenchSwitch(HMAC), { visits, sent } = b.send([{ port: 'head:e1', bytes: CUSTOMER, id: 1, time: 1_500_000_000_007_000n }]), [, tail] = b.network.switches;
  assert.equal(sent.map(s => s.port), ['tail:e2']);
  assert.equal(visits.filter(v => v.node === 'srv6_input').map(v => `${v.edge} ${v.copy}`), ['srv6_local false', 'consume true', 'srv6_local false', 'consume true']);
  assert.equal(showSids(tail!).map(s => `${s.sid} ${s.packets}`), ['fc00:0:2:e:: 1', 'fc00:0:2:d4:: 1']);
  const { rows, packets, suppressed } = showOam(tail!);
  assert.equal([packets, suppressed], [2n, 0n]);
  assert.equal(rows, [['fc00:0:2:e::', 1], ['fc00:0:2:d4::', 0]].map(([destination, segmentsLeft]) =>
    ({ timePs: 1_500_000_000_007_000n, packet: 1, source: '2001:db8:ffff::1', destination, segmentsLeft, tag: 7, bytes: 40 + 8 + 32 + 40 + 32 })));
});

test('another key at the tail: nothing passes, and the head is told where', () => {
  const b = new BenchSwitch(HMAC.replace(/("0x11223344": )"656d752d70736b2d31"(.*\n.*oam: )/, '$1"00"$2')), { sent } = b.send([{ port: 'head:e1', bytes: CUSTOMER, id: 1 }]);
  assert.equal([sent, drops(b).filter(d => d.startsWith('tail'))], [[], ['tail srv6_input SRH_HMAC 1']]);
});

test('the two texts do not go together', () => {
  const b = new BenchSwitch(HMAC.replace('hmac_text: rfc8754', 'hmac_text: linux'));
  b.send([{ port: 'head:e1', bytes: CUSTOMER, id: 1 }]);
  assert.ok(drops(b).includes('tail srv6_input SRH_HMAC 1'));
});

test('from outside: not to a SID by the edge, and not from other sources', () => {
  const b = new BenchSwitch(HMAC), to = (dst: string) => hex(`020000000101 020000000011 86dd 60000000 00003b40 20010db8 00010000 00000000 00000009 ${dst}`);
  b.send([{ port: 'head:e1', bytes: to('fc000000 0002000e 00000000 00000000'), id: 1 }]);
  assert.equal(drops(b), ['head srv6_edge SR_DOMAIN 1']);
  const inside = new BenchSwitch(HMAC.replace(', srv6_domain: edge', '')), { sent } = inside.send([{ port: 'head:e1', bytes: to('fc000000 0002000e 00000000 00000000'), id: 1 }]);
  assert.equal(drops(inside), ['tail srv6_input SR_DOMAIN 1']);
  assert.equal(sent.map(s => `${s.port} ${s.bytes[14 + 40]} ${s.bytes[14 + 41]}`), ['head:e1 1 5'], 'source address failed policy');
});

test('the edge of a port is that of its VLANs, and of one VLAN alone', () => {
  const send = (ports: string) => {
    const b = new BenchSwitch(`ports: {${ports}, e2: {address: "2001:db8:2::1/64"}}\nneighbors: [{address: "2001:db8:2::9", mac: 02:00:00:00:00:02, port: e2}]\nroutes: [{to: default6, via: "2001:db8:2::9"}]\nsrv6: {domain: {block: ["fc00::/16"]}}`);
    return ['8100 000a 86dd', '86dd'].map((type, i) => b.send([{ bytes: hex(`020000000101 020000000011 ${type} 60000000 00003b40 20010db8 00010000 00000000 00000009 fc000000 0002000e 00000000 00000000`), id: i + 1 }]).sent.length);
  };
  assert.equal(send('e1: {address: "2001:db8:1::1/64", srv6_domain: edge, vlans: {10: {address: "2001:db8:3::1/64"}}}'), [0, 0]);
  assert.equal(send('e1: {address: "2001:db8:1::1/64", vlans: {10: {srv6_domain: edge, address: "2001:db8:3::1/64"}}}'), [0, 1]);
});

/** A packet with the O-flag for the one SID. */
const flagged = (tag: number) => hex(`020000000101 020000000011 86dd 60000000 00182b40 20010db8 00010000 00000000 00000009 fc000000 0001000e 00000000 00000000 3b020401 0020${tag.toString(16).padStart(4, '0')} fd000000 00000000 00000000 00000001`);
const OAM = (oam: string) => `ports: {e1: {address: "2001:db8:1::1/64"}, e2: {address: "2001:db8:2::1/64"}}\nneighbors: [{address: "2001:db8:2::9", mac: 02:00:00:00:00:02, port: e2}]\nroutes: [{to: default6, via: "2001:db8:2::9"}]\nsrv6: {${oam}sids: {"fc00:0:1:e::": {behavior: End}}}`;

test('the O-flag: as many copies a second as the file allows, the last 256 on record, every packet on its way', () => {
  const b = new BenchSwitch(OAM('oam: {rate: 100, burst: 20}, ')), [sw] = b.network.switches;
  let left = 0;
  for (let i = 0; i < 400; i++) left += b.send([{ bytes: flagged(i), id: i + 1, time: BigInt(i) * 10n ** 9n }], false).sent.length; // 400 in 0.4 s
  assert.is(left, 400);
  const { packets, suppressed } = showOam(sw!);
  assert.equal([packets, suppressed], [59n, 341n]); // 20 at once, then 100 a second for 0.399 s
  for (let i = 400; i < 800; i++) b.send([{ bytes: flagged(i), id: i + 1, time: BigInt(i - 400) * 10n ** 10n + 10n ** 12n }], false); // a packet each 10 ms
  const { rows, packets: all } = showOam(sw!);
  assert.equal([rows.length, rows.at(-1)!.tag, rows[0]!.tag, all], [256, 799, 544, 459n]);
});

test('without `oam` the O-flag means nothing', () => {
  const b = new BenchSwitch(OAM('')), { visits, sent } = b.send([{ bytes: flagged(1), id: 1 }]);
  assert.equal([sent.length, visits.some(v => v.copy), visits.some(v => v.node === 'srv6_input')], [1, false, false]);
  assert.is(sent[0]!.bytes[14 + 40 + 5], 0x20, 'it is not cleared');
});

test('a copy that finds no buffer is left out, the packet goes on', () => {
  const b = new BenchSwitch(OAM('oam: {}, '), { small: 1, jumbo: 1, huge: 1 }), held = [b.enter({ bytes: new Uint8Array(9000), id: 8 }), b.enter({ bytes: new Uint8Array(65000), id: 9 })];
  assert.equal([held.length, b.send([{ bytes: flagged(1), id: 1 }]).sent.length], [2, 1]);
  assert.equal(showOam(b.network.switches[0]!), { rows: [], packets: 0n, suppressed: 1n });
});

test('a new file while the switch runs: keys and texts change, what was recorded stays', () => {
  const b = new BenchSwitch(HMAC), arrives = (id: number) => b.send([{ port: 'head:e1', bytes: CUSTOMER, id }]).sent.length, key = '"656d752d70736b2d31"';
  const reload = (yaml: string) => { b.network.reload(new SwitchFile('vectors.yaml', yaml)); };
  assert.is(arrives(1), 1);
  reload(HMAC.replaceAll(key, '"0102"'));
  assert.is(arrives(2), 1, 'both ends have the new key');
  reload(HMAC.replace(key, '"0102"'));
  assert.is(arrives(3), 0, 'the head alone has it');
  reload(HMAC.replace('"2001:db8:ffff::/48"], answer', '"2001:db8:fffe::/48"], answer'));
  assert.is(arrives(4), 0, 'the source is no longer of the infrastructure');
  reload(HMAC);
  assert.is(arrives(5), 1);
  assert.equal(showOam(b.network.switches[1]!).rows.map(r => r.packet), [1, 1, 2, 2, 3, 5, 5]);
});

test('show oam, show paths: copies are counted, nothing is lost', async () => {
  const packets = [1, 2, 3].map(tag => ({ port: 'e1', packet: flagged(tag) }));
  for (const [view, rows] of [
    ['oam', [['0.000000000 s', '#1', '2001:db8:1::9', 'fc00:0:1:e::', '1', '1', '64'], ['0.000001000 s', '#2', '2001:db8:1::9', 'fc00:0:1:e::', '1', '2', '64']]],
    ['paths', [['2', '#1', 'e1 > ethernet_input > ip6_input > ip6_verify > ip6_lookup > srv6_input [copy: srv6_input CONSUMED] > srv6_local > ip6_lookup > ip6_rewrite > port_tx > e2'], ['1', '#3', 'e1 > ethernet_input > ip6_input > ip6_verify > ip6_lookup > srv6_input > srv6_local > ip6_lookup > ip6_rewrite > port_tx > e2']]],
  ] as const) {
    const network = networkOf(OAM('oam: {rate: 0, burst: 2}, ')), watcher = VIEWS[view]!.open(network, () => 0n), reader = readerOf(network, captureFile(network, 'oam.pcapng', packets));
    const summary = await replay(network, reader, watcher);
    assert.is(summary.unexplained, 0);
    assert.equal(watcher.report(reader).rows, rows);
    if (view === 'oam') assert.equal(watcher.report(reader).notes, ['1 were not taken: more than srv6.oam allows']);
  }
});

test.run();
