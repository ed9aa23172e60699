// srv6_l2.test.ts -- frames through SRv6, and policies of several segment
// lists, as a user meets them: the examples, what `show` and `explain` tell,
// faults of a switch file.

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { showFdb } from '../src/switch/fdb.ts';
import { showPolicies, showSids } from '../src/switch/srv6.ts';
import { dissect, values } from '../src/wire/dissect.ts';
import { BenchSwitch, type Outcome } from './bench_switch.ts';
import { needs, noProgram } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';

const example = (name: string) => new BenchSwitch(readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8'));
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s+/g, ''), 'hex'));
const A = '0200000000aa', B = '0200000000bb', ALL = 'ffffffffffff', EVERYBODY = '0180c2000000';
const UDP = '0800 45000020 00010000 401166c7 0a010001 0a020002 045708ae 000c1543 53527636';
const ports = ({ sent }: Outcome): string => sent.map(s => s.port).join();
const node = ({ visits }: Outcome): string => visits.find(v => /^srv6_d/.test(v.node))?.node ?? '';

test('examples/srv6-l2.yaml: who is where is learnt on both sides', () => {
  const b = example('srv6-l2'), [east, west] = b.network.switches;
  const say = (port: string, dst: string, src: string) => b.send([{ port, bytes: hex(`${dst}${src}${UDP}`), id: 1 }]);
  const flooded = say('east:lan', ALL, A), answer = say('west:lan', A, B), known = say('east:lan', B, A), unknown = say('west:lan', '0200000000cc', B);
  assert.equal([flooded, answer, known, unknown].map(ports), ['west:lan', 'east:lan', 'west:lan', 'east:lan']);
  assert.equal([flooded, answer, known, unknown].map(node), ['srv6_dt2m', 'srv6_dt2u', 'srv6_dt2u', 'srv6_dt2m']);
  assert.equal(showFdb(east!).rows.map(r => `${r.mac} ${r.interface}`), ['02:00:00:00:00:aa lan', '02:00:00:00:00:bb west']);
  assert.equal(showFdb(west!).rows.map(r => `${r.mac} ${r.interface}`), ['02:00:00:00:00:aa east', '02:00:00:00:00:bb lan']);
  assert.equal(showSids(west!).map(r => `${r.sid} ${r.behavior} ${r.to}${r.interface} ${r.packets}`), ['fc00:0:2:d2:: End.DT2U b1 1', 'fc00:0:2:2d::/64 End.DT2M b1 1', 'fc00:0:2:d1:: End.DX2 line 0']);
  assert.equal(showPolicies(east!).map(r => `${r.name} ${r.packets}`), ['west-unicast 1', 'west-flood 1', 'west-line 0']);
});

test('examples/srv6-l2.yaml: the wire carries everything, and nothing of the bridge', () => {
  const b = example('srv6-l2');
  for (const type of ['8100 0005 0806', '88a8 0007 8100 0005 86dd', '0026', '88cc']) {
    const bytes = hex(`${EVERYBODY}${A}${type} 424203000000`), [out, ...more] = b.send([{ port: 'west:line', bytes, id: 1 }]).sent;
    assert.is(more.length, 0);
    assert.is(`${out!.port} ${Buffer.from(out!.bytes).toString('hex')}`, `east:line ${Buffer.from(bytes).toString('hex')}`);
  }
});

test('remotes do not see each other\'s frames, and a stranger\'s are not learnt', () => {
  const b = new BenchSwitch(`
ports: {e1: {bridge: b1}, up: {address: "2001:db8::1/64"}}
bridges: {b1: }
neighbors: [{address: "2001:db8::2", mac: 02:00:00:00:00:02, port: up}]
routes: [{to: default6, via: "2001:db8::2"}]
srv6:
  source: fc00::1
  sids: {"fc00::2a": {behavior: End.DT2U, bridge: b1}}
  policies: {p: {segments: ["fc00:2::1"]}, q: {segments: ["fc00:3::1"]}}
  l2: {r2: {bridge: b1, policy: p, source: "fc00:2::"}, r3: {bridge: b1, policy: q, source: "fc00:3::"}}`), [sw] = b.network.switches;
  const come = (source: string, dst: string, src: string) => b.send([{ port: 'up', bytes: hex(`020000000102 020000000002 86dd 60000000 000e 8f40 ${source} fc00000000000000000000000000002a ${dst} ${src} 88b5`), id: 1 }]);
  assert.is(ports(come('fc000002000000000000000000000000', ALL, A)), 'e1');
  assert.is(ports(come('fc000003000000000000000000000000', A, B)), '');
  assert.is(ports(come('fc000009000000000000000000000000', ALL, '0200000000cc')), 'e1');
  assert.equal(showFdb(sw!).rows.map(r => `${r.mac} ${r.interface}`), ['02:00:00:00:00:aa r2', '02:00:00:00:00:bb r3']);
  assert.equal(b.send([{ port: 'e1', bytes: hex(`${ALL} 0200000000dd 88b5`), id: 1 }]).sent.map(s => values(dissect(s.bytes), 'ipv6.dst').join()), ['fc00:2::1', 'fc00:3::1']);
});

test('a frame is flooded to all or to none', () => {
  const members = 40, yaml = `
ports: {up: {address: "2001:db8::1/64"}, t: {vlans: {${Array.from({ length: members }, (_, i) => `${i + 1}: {bridge: b1}`).join()}}}}
bridges: {b1: }
srv6: {sids: {"fc00::2b": {behavior: End.DT2M, bridge: b1}}}`;
  const bytes = hex(`020000000101 020000000002 86dd 60000000 000e 8f40 ${'fc000009'.padEnd(32, '0')} fc00000000000000000000000000002b ${ALL} ${A} 88b5`);
  const results = [20, 45, 200].map(small => {
    const b = new BenchSwitch(yaml, { small, jumbo: 1, huge: 1 }), { sent, visits } = b.send(Array.from({ length: 3 }, (_, id) => ({ bytes, id: id + 1 })), true);
    assert.is(b.k.fn['pool_free']!(b.k.pool), small + 2);
    return `${sent.length} ${visits.filter(v => v.node === 'srv6_dt2m' && v.drop === 'NO_BUFFER').length}`;
  });
  // Too few for one; enough for one at a time, which the others wait for; enough for all.
  assert.equal(results, ['0 3', `${3 * members} 0`, `${3 * members} 0`]);
});

/** Frames of flows that differ in the source port. */
const flows = (n: number, port: string, head: string, at: number) => Array.from({ length: n }, (_, i) => {
  const bytes = hex(`${head}${UDP.slice(5)}`);
  new DataView(bytes.buffer).setUint16(at, 1024 + (i >> 1));
  return { port, bytes, id: i + 1 };
});

test('examples/srv6-policy.yaml: flows share the lists by weight, two packets of a flow take one; so do those of the binding SID', () => {
  const b = example('srv6-policy'), [sw] = b.network.switches, N = 800;
  const srh = '04020401 00000000 fc000000 000900d4 00000000 00000000', sid = 'fc000000 000100b6 00000000 00000000';
  // Of the outer packet only the flow label tells one flow from another; N of them.
  const outer = Array.from({ length: N }, (_, i) => ({ port: 'e2', id: i + 1, bytes: hex(`020000000102 020000000012 86dd 600${(i >> 1).toString(16).padStart(5, '0')} 0038 2b40 20010db8000f00000000000000000001 ${sid} ${srh} ${UDP.slice(5)}`) }));
  for (const frames of [flows(N, 'e1', '020000000101 020000000011 0800 ', 34), outer]) {
    const before = showPolicies(sw!).map(p => Number(p.packets)), sent = frames.map(f => b.send([f], false).sent[0]!);
    assert.ok(sent.every((s, i) => s.port === sent[i & ~1]!.port));
    const [north, south] = showPolicies(sw!).map((p, i) => Number(p.packets) - before[i]!);
    assert.is(north! + south!, N);
    assert.ok(Math.abs(north! / N - 0.75) < 0.05, `${north} of ${N}`);
    assert.equal(sent.filter(s => s.port === 'north').length, north);
  }
  assert.equal(showSids(sw!).map(r => `${r.behavior} ${r.to} ${r.packets}`), ['End.DT46  0', 'End.DX4 10.1.0.9 0', `End.B6.Encaps.Red far ${N}`]);
});

test('frames of a port share the lists of its policy', () => {
  const b = new BenchSwitch(`
ports: {x: , up: {address: "2001:db8::1/64", mtu: 9000}}
neighbors: [{address: "2001:db8::2", mac: 02:00:00:00:00:02, port: up}]
routes: [{to: default6, via: "2001:db8::2"}]
srv6:
  source: fc00::1
  policies: {p: {lists: [{segments: ["fc00:2::1"], weight: 1}, {segments: ["fc00:3::1"], weight: 3}], mode: encaps.red}}
  l2: {l: {port: x, policy: p}}`);
  const labels = new Map<string, Set<string>>();
  for (const f of flows(400, 'x', `${B}${A}0800`, 34)) {
    const layers = dissect(b.send([f], false).sent[0]!.bytes), to = values(layers, 'ipv6.dst').join();
    labels.set(to, (labels.get(to) ?? new Set()).add(values(layers, 'ipv6.flow').join()));
  }
  const [a, c] = ['fc00:2::1', 'fc00:3::1'].map(to => labels.get(to)!.size);
  assert.ok(a! + c! > 195, `${a! + c!} labels for 200 flows`);
  assert.ok(Math.abs(a! / 200 - 0.25) < 0.08, `${a} of 200`);
});

needs(noProgram('tshark'))('tshark reads frames in SRv6, inserted headers and binding SIDs', () => {
  const b = new BenchSwitch(`
ports: {x: , e1: {address: "2001:db8:1::1/64"}, up: {address: "2001:db8::1/64"}}
neighbors: [{address: "2001:db8::2", mac: 02:00:00:00:00:02, port: up}]
routes: [{to: default6, via: "2001:db8::2"}, {to: "2001:db8:a1::/48", srv6: i}]
srv6:
  source: fc00::1
  policies:
    p: {segments: ["fc00:2::1", "fc00:3::1"], bsid: "fc00::b6"}
    i: {segments: ["fc00:2::1"], mode: insert}
  l2: {l: {port: x, policy: p}}`);
  const file = join(mkdtempSync(join(tmpdir(), 'weft-')), 'srv6.pcap'), v6 = '020000000102 020000000012 86dd 60000000';
  const frames: [string, string][] = [
    ['x', `${B}${A} 8100 0005 ${UDP.replace('08ae 000c1543', 'beef 000c0000')}`],
    ['e1', `${v6} 000c 1140 ${'20010db8000f'.padEnd(31, '0')}1 ${'20010db800a1'.padEnd(31, '0')}1 0457beef 000c0a84 53527636`],
    ['e1', `${v6} 0018 2b40 ${'20010db8000f'.padEnd(31, '0')}1 ${'fc00'.padEnd(30, '0')}b6 3b020401 00000000 ${'fc000009'.padEnd(31, '0')}1`],
  ];
  writeCapture(file, frames.map(([port, bytes]) => b.send([{ port, bytes: hex(bytes), id: 1 }]).sent[0]!.bytes));
  assert.equal(tsharkFields(file, ['_ws.malformed', 'frame.protocols', 'ipv6.dst', 'ipv6.routing.segleft', 'ipv6.routing.srh.addr']), [
    ['', 'eth:ethertype:ipv6:ipv6.routing:eth:ethertype:vlan:ethertype:ip:udp:data', 'fc00:2::1', '1', 'fc00:3::1,fc00:2::1'],
    ['', 'eth:ethertype:ipv6:ipv6.routing:udp:data', 'fc00:2::1', '1', '2001:db8:a1::1,fc00:2::1'],
    ['', 'eth:ethertype:ipv6:ipv6.routing:ipv6:ipv6.routing', 'fc00:2::1,fc00:9::1', '1,0', 'fc00:3::1,fc00:2::1,fc00:9::1'],
  ]);
});

/** Faults of a switch file, without their excerpts. */
function faults(srv6: string, rest = ''): string[] {
  try {
    new BenchSwitch(`ports: {e1: {address: "2001:db8:1::1/64"}, x1: , x2: {vlans: {7: }}, m1: {bridge: b1}}\nbridges: {b1: {address: 10.9.0.1/24}}\nvrfs: [red]\nsrv6: ${srv6}\n${rest}`);
  } catch (e) {
    return (e as Error).message.split('\n').filter(l => /^vectors\.yaml:\d/.test(l)).map(l => l.replace(/^\S+ /, ''));
  }
  return [];
}

test('faults', () => {
  const sid = (text: string, more = '') => `{sids: {"fc00::1": {${text}}}${more}}`, at = 'srv6.sids.fc00::1';
  const p = 'source: fc00::9, policies: {p: {segments: ["fc00::1"]}, i: {segments: ["fc00::1"], mode: insert}}', l2 = (text: string) => `{${p}, l2: {l: {${text}}}}`;
  for (const [srv6, want] of [
    [sid('behavior: End.T, flavors: [psp, usp, usd]'), undefined],
    [sid('behavior: End, flavors: [psp, psp]'), `${at}.flavors: names a flavour twice`],
    [sid('behavior: End.DX4, via: 10.0.0.1, flavors: [usd]'), `${at}.flavors: has no meaning for End.DX4`],
    [sid('behavior: End.B6.Encaps, policy: p, flavors: [psp]', `, ${p}`), `${at}.flavors: has no meaning for End.B6.Encaps`],
    [sid('behavior: End.T, vrf: rde'), `${at}.vrf: no VRF "rde", do you mean "red"?`],
    [sid('behavior: End.DX4'), `${at}: End.DX4 lacks "via", the neighbour it sends to`],
    [sid('behavior: End.X, via: "2001:db8:1::9", group: g'), `${at}: has via and group: it sends one way`],
    [sid('behavior: End.DX6, group: g'), `${at}.group: no group "g"`],
    [sid('behavior: End.DX2'), `${at}: End.DX2 lacks "port", the interface that frames leave by`],
    [sid('behavior: End.DX2, port: x9'), `${at}.port: no interface "x9", do you mean "x1"?`],
    [sid('behavior: End.DX2, port: b1'), `${at}.port: b1 is a bridge's own interface: expected a port, port.vlan or a tunnel`],
    [sid('behavior: End.DX2V'), `${at}: End.DX2V lacks "vlans", interfaces by VLAN`],
    [sid('behavior: End.DX2V, vlans: {4095: x1}'), `${at}.vlans.4095: VLAN IDs are 1 to 4094`],
    [sid('behavior: End.DT2U'), `${at}: End.DT2U lacks "bridge", which frames enter`],
    [sid('behavior: End.DT2M, bridge: b2'), `${at}.bridge: no bridge "b2", do you mean "b1"?`],
    [sid('behavior: End.DT2M, bridge: b1, arg: {size: 16}'), `${at}.arg: 16 bits have no room behind the 128 of the SID: write it as a shorter prefix`],
    [sid('behavior: End.DT2U, bridge: b1, arg: {size: 16}'), `${at}.arg: has no meaning for End.DT2U`],
    [sid('behavior: End.B6.Encaps', `, ${p}`), `${at}: End.B6.Encaps lacks "policy", to enter`],
    [sid('behavior: End.B6.Encaps, policy: q', `, ${p}`), `${at}.policy: no SRv6 policy "q", do you mean "p"?`],
    [sid('behavior: End.B6.Insert, policy: p', `, ${p}`), `${at}.policy: p is of mode encaps: that is End.B6.Encaps`],
    [sid('behavior: End.BM, via: "2001:db8:1::9"'), `${at}: End.BM lacks "push", the labels`],
    ['{source: fc00::9, policies: {p: {}}}', 'srv6.policies.p: needs `segments`, or `lists` of them with weights'],
    ['{source: fc00::9, policies: {p: {segments: ["fc00::1"], lists: [{segments: ["fc00::1"]}]}}}', 'srv6.policies.p: needs `segments`, or `lists` of them with weights'],
    ['{source: fc00::9, policies: {p: {lists: [{segments: ["fc00::1::"]}]}}}', 'srv6.policies.p.lists.0.segments.0: "fc00::1::" is not an IPv6 address: expected eight hex groups, as in 2001:db8::1'],
    ['{source: fc00::9, policies: {p: {segments: ["fc00::1"], bsid: "fc00::2"}}, sids: {"fc00::2": {behavior: End}}}', 'srv6.policies.p.bsid: fc00::2 is listed twice'],
    [l2('policy: p'), 'srv6.l2.l: carries nothing: name a `bridge`, or with `port` an interface'],
    [l2('policy: p, port: x1, bridge: b1'), 'srv6.l2.l: is of a bridge or of a port, not of both'],
    [l2('policy: q, port: x1'), 'srv6.l2.l.policy: no SRv6 policy "q", do you mean "p"?'],
    [l2('policy: i, port: x1'), 'srv6.l2.l.policy: i inserts an SRH: a frame has no place for it'],
    [l2('policy: p, port: x9'), 'srv6.l2.l.port: no interface "x9", do you mean "x1"?'],
    [l2('policy: p, port: m1'), 'srv6.l2.l.port: m1 is in bridge b1 already'],
    [l2('policy: p, port: e1'), 'ports.e1.address: has no place here: e1 is cross-connected'],
    [l2('policy: p, port: x1, source: "fc00::2"'), 'srv6.l2.l.source: is of a bridge'],
    [`{${p}, l2: {l: {policy: p, port: x1}, m: {policy: p, port: x1}}}`, 'srv6.l2.m.port: x1 is cross-connected already'],
    [`{${p}, l2: {l: {policy: p, bridge: b1, source: "fc00::2"}, m: {policy: p, bridge: b1, source: "fc00::2"}}}`, "srv6.l2.m.source: fc00::2 is another remote's of this bridge"],
    [`{${p}, l2: {x1: {policy: p, bridge: b1}}}`, 'srv6.l2.x1: there is an interface x1 already'],
  ] as const) assert.equal(faults(srv6), want === undefined ? [] : [want], srv6);
  assert.equal(faults(`{${p}}`, 'routes: [{to: 10.9.0.0/16, srv6: i}]'), ['routes.0.srv6: i inserts an SRH: only IPv6 packets can have one']);
  assert.equal(faults('{}', '').length, 0);
});

test.run();
