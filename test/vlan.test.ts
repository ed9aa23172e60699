// vlan.test.ts -- VLAN services as the example files describe them, and what
// is refused of such files.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchSwitch } from './bench_switch.ts';

const example = (name: string) => new BenchSwitch(readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8'));
const A = '0200000000a1', B = '0200000000b2', BROADCAST = 'ffffffffffff';

/** Send `dst src REST` into a port. @returns "port REST" of what leaves, by port. */
function send(b: BenchSwitch, port: string, dst: string, src: string, rest: string): string[] {
  const { sent } = b.send([{ port, bytes: Buffer.from((dst + src + rest).replace(/ /g, ''), 'hex'), id: 1 }]);
  return sent.map(s => {
    const hex = Buffer.from(s.bytes).toString('hex');
    assert.is(hex.slice(0, 24), dst + src, `addresses, at ${s.port}`);
    return `${s.port} ${hex.slice(24).replace(/(.{4})/g, '$1 ').trim()}`;
  }).sort();
}
const reason = (b: BenchSwitch, port: string, rest: string): string =>
  b.send([{ port, bytes: Buffer.from((BROADCAST + A + rest).replace(/ /g, ''), 'hex'), id: 1 }]).visits.map(v => v.drop).filter(d => d !== '').join();

test('one VLAN, other tags at each port; priority is kept', () => {
  const b = example('vlan'), untagged = ['e4 0800 4500'];
  assert.equal(send(b, 'e1', BROADCAST, A, '0800 4500'), ['carrier 88a8 00c8 8100 006e 0800 4500', 'e3 8100 000a 0800 4500', ...untagged]);
  assert.equal(send(b, 'e3', BROADCAST, A, '8100 a00a 0800 4500'), ['carrier 88a8 a0c8 8100 a06e 0800 4500', 'e1 0800 4500', ...untagged]);
  assert.equal(send(b, 'carrier', BROADCAST, A, '88a8 60c8 8100 006e 0800 4500'), ['e1 0800 4500', 'e3 8100 600a 0800 4500', ...untagged]);
  assert.equal(send(b, 'e4', BROADCAST, A, '0800 4500'), ['carrier 88a8 00c8 8100 006e 0800 4500', 'e1 0800 4500', 'e3 8100 000a 0800 4500']);
});

test('VLANs are apart, and MACs are learnt in each', () => {
  const b = example('vlan');
  assert.equal(send(b, 'e2', BROADCAST, A, '0800 4500'), ['e3 8100 0014 0800 4500', 'e4 8100 0014 0800 4500']);
  assert.equal(send(b, 'e4', A, B, '8100 e014 0800 4500'), ['e2 0800 4500'], 'known in VLAN 20');
  assert.is(send(b, 'e1', A, B, '0800 4500').length, 3, 'unknown in VLAN 10');
});

test('the native VLAN of a trunk is accepted tagged and leaves untagged', () => {
  const b = example('vlan');
  assert.equal(send(b, 'e4', BROADCAST, A, '8100 400a 0800 4500'), ['carrier 88a8 40c8 8100 406e 0800 4500', 'e1 0800 4500', 'e3 8100 400a 0800 4500']);
});

test('frames of no VLAN of the port', () => {
  const b = example('vlan');
  assert.is(reason(b, 'e3', '0800 4500'), 'VLAN_UNKNOWN', 'untagged on a trunk without native VLAN');
  assert.is(reason(b, 'e3', '8100 e000 0800 4500'), 'VLAN_UNKNOWN', 'priority-tagged there');
  assert.is(reason(b, 'e3', '8100 001e 0800 4500'), 'VLAN_UNKNOWN', 'behind the range');
  assert.is(reason(b, 'e1', '8100 000a 0800 4500'), 'VLAN_UNKNOWN', 'tagged on an access port');
  assert.is(reason(b, 'carrier', '88a8 00c8 8100 006f 0800 4500'), 'VLAN_UNKNOWN', 'another C-tag in the S-tag');
});

test('tags of customers travel inside an S-tag', () => {
  const b = example('vlan');
  assert.equal(send(b, 'carrier', BROADCAST, A, '88a8 212c 8100 6009 0800 4500'), ['customer 8100 6009 0800 4500']);
  assert.equal(send(b, 'customer', A, B, '0800 4500'), ['carrier 88a8 012c 0800 4500']);
});

test('a bridge with an address routes, and answers from its own MAC', () => {
  const b = example('irb'), own = '020000001001', host = '020000000007', router = '020000000009', e3 = '020000000103';
  const ip = (ttl: number, sum: string, from: string, to: string) => `0800 4500 0014 0001 0000 ${ttl.toString(16)}11 ${sum} ${from} ${to}`;
  const packet = (dst: string, src: string, rest: string, port: string) => b.send([{ port, bytes: Buffer.from((dst + src + rest).replace(/ /g, ''), 'hex'), id: 1 }]).sent.map(s => `${s.port} ${Buffer.from(s.bytes).toString('hex')}`);
  const joined = (dst: string, src: string, rest: string) => (dst + src + rest).replace(/ /g, '');
  const out = ip(64, '3c9d', '0a000a07', 'c6336401'), outNext = ip(63, '3d9d', '0a000a07', 'c6336401');
  assert.equal(packet(own, host, out, 'e1'), [`e3 ${joined(router, e3, outNext)}`], 'from the bridge to the router');
  const back = ip(64, '3c9d', 'c6336401', '0a000a07'), backNext = ip(63, '3d9d', 'c6336401', '0a000a07');
  assert.equal(packet(e3, router, back, 'e3'), [`e1 ${joined(host, own, backNext)}`], 'and back: the host was learnt on e1');
  assert.equal(packet(BROADCAST, host, out, 'e2').map(s => s.split(' ')[0]), ['e1'], 'broadcast is flooded; IP in it is not routed');
});

test('hosts of the two isolated ports do not reach each other', () => {
  const b = example('bridge');
  assert.equal(send(b, 'e3', BROADCAST, A, '0800 4500'), ['e1 0800 4500', 'e2 0800 4500', 'uplink 0800 4500']);
  assert.equal(send(b, 'e4', A, B, '0800 4500'), []);
  assert.equal(send(b, 'e1', '020000000a01', B, '0800 4500'), ['uplink 0800 4500']);
  assert.is(b.send([{ port: 'e1', bytes: Buffer.from(`${BROADCAST}020000000a010800`, 'hex'), id: 1 }]).visits.find(v => v.drop)!.drop, 'STATIC_MAC_MOVED');
});

const refused: [string, string, RegExp][] = [
  ['an interface in two bridges', '{ports: {e1: {bridge: b}}, bridges: {a: {ports: [e1]}, b: }}', /e1 is in bridge a already/],
  ['a member that is nowhere', '{ports: {e1: }, bridges: {a: {ports: [e1, e7]}}}', /bridges.a.ports.1: no interface "e7"/],
  ['a bridge that is nowhere', '{ports: {e1: {bridge: lna}}, bridges: {lan: }}', /no bridge "lna", do you mean "lan"/],
  ['a VLAN that no bridge has', '{ports: {e1: {access: 7}}, bridges: {a: {vlan: 8}}}', /e1.access: no bridge has vlan: 7/],
  ['a range without a bridge', '{ports: {e1: {trunk: [8, 20-30]}}, bridges: {a: {vlan: 8}}}', /e1.trunk.1: no bridge has a vlan of 20-30/],
  ['one VLAN in two bridges', '{ports: {e1: }, bridges: {a: {vlan: 8}, b: {vlan: 8}}}', /VLAN 8 is another bridge's already/],
  ['access and trunk', '{ports: {e1: {access: 8, trunk: [8]}}, bridges: {a: {vlan: 8}}}', /access or trunk/],
  ['an address on a member', '{ports: {e1: {bridge: a, address: 10.0.0.1/24}}, bridges: {a: }}', /e1.address: belongs to the bridge/],
  ['a bridge option on no member', '{ports: {e1: {horizon: 2}}}', /e1.horizon: means nothing here/],
  ['a bridge option on a subinterface that is none', '{ports: {e1: {bridge: a, vlans: {5: {learn: false}}}}, bridges: {a: }}', /vlans.5.learn: means nothing here: e1.5 is in no bridge/],
  ['a static MAC behind no member', '{ports: {e1: , e2: }, bridges: {a: {ports: [e1], static: [{mac: "02:00:00:00:00:01", port: e2}]}}}', /e2 is no member of a/],
  ['a static group MAC', '{ports: {e1: }, bridges: {a: {ports: [e1], static: [{mac: "01:00:5e:00:00:01", port: e1}]}}}', /group address/],
  ['an age without unit', '{ports: {e1: }, bridges: {a: {ports: [e1], age: "300"}}}', /bridges.a.age: 300 lacks its unit.*as in 300s/],
  ['an age as number', '{ports: {e1: }, bridges: {a: {ports: [e1], age: 300}}}', /bridges.a.age: 300: must be string \(.*300s/],
  ['an own MAC without own address', '{ports: {e1: }, bridges: {a: {ports: [e1], mac: "02:00:00:00:00:01"}}}', /bridges.a.mac: .*with an `address` only/],
];
for (const [name, yaml, message] of refused)
  test(`refused: ${name}`, () => { assert.throws(() => new BenchSwitch(yaml), message); });

test.run();
