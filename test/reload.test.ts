// reload.test.ts -- a switch gets a new file while it runs: what is the same
// stays in its place, what is not changes between two bursts and for all
// switches at once, what cannot change leaves everything as it was.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Switch as Sw } from '../assembly/abi/switch.ts';
import { ConfigError, SwitchFile } from '../src/switch/file.ts';
import { listGroups } from '../src/switch/groups.ts';
import { showPolicies, showSids } from '../src/switch/srv6.ts';
import { BenchSwitch } from './bench_switch.ts';
import { frameOf } from './captured.ts';

const reload = (b: BenchSwitch, yaml: string, name = 'new.yaml') => b.network.reload(new SwitchFile(name, yaml));

/** One described packet through; the first frame that leaves. */
let ids = 0;
function send(b: BenchSwitch, port: string, text: string) {
  const d = b.enter({ port, bytes: frameOf(b.network, port, `eth()/${text}`), id: ++ids, time: BigInt(ids) * 1_000_000n });
  return b.run(port, [d]);
}

const ROUTER = (routes: string, extra = '') => `
ports:
  e1: {address: 10.0.1.1/24, mac: 02:00:00:00:01:01}
  e2: {address: 10.0.2.1/24, mac: 02:00:00:00:01:02}
  e3: {address: 10.0.3.1/24, mac: 02:00:00:00:01:03}
neighbors:
  - {address: 10.0.2.9, mac: 02:00:00:00:02:09, port: e2}
  - {address: 10.0.3.9, mac: 02:00:00:00:03:09, port: e3}
${extra}
routes:
${routes}
`;
const UDP = 'ip(src=10.0.1.5,dst=10.9.0.1)/udp(srcport=1000,dstport=53)';

test('a route changes; the neighbour that was learnt stays', () => {
  const b = new BenchSwitch(ROUTER('  - {to: 10.9.0.0/16, via: 10.0.2.9}\n'));
  assert.is(send(b, 'e1', UDP).sent[0]!.port, 'e2');
  send(b, 'e1', 'arp(op=request,sha=02:00:00:00:00:05,spa=10.0.1.5,tpa=10.0.1.1)');
  reload(b, ROUTER('\n\n  - {to: 10.9.0.0/16, via: 10.0.3.9}\n  - {to: 10.8.0.0/16, via: 10.0.2.9}\n'));
  assert.is(b.network.generation, 1);
  assert.is(send(b, 'e1', UDP).sent[0]!.port, 'e3');
  assert.is(send(b, 'e1', UDP.replace('10.9', '10.8')).sent[0]!.port, 'e2');
  const answer = send(b, 'e2', 'ip(src=10.0.2.7,dst=10.0.1.5)/udp(srcport=9,dstport=9)');
  assert.is(answer.sent[0]!.port, 'e1', 'still knows 10.0.1.5');
  assert.equal([...new Set(answer.visits.map(v => v.generation))], [1]);
  assert.is(b.network.switches[0]!.built.routes.find(r => r.prefix.length === 16)!.position().line, 13, 'lines are those of the new file');
});

test('a static neighbour gets another MAC, or is forgotten', () => {
  const one = ROUTER('  - {to: 10.9.0.0/16, via: 10.0.2.9}\n'), b = new BenchSwitch(one);
  send(b, 'e1', UDP);
  reload(b, one.replace('02:00:00:00:02:09', '02:00:00:00:02:aa'));
  assert.equal([...send(b, 'e1', UDP).sent[0]!.bytes.subarray(0, 6)], [2, 0, 0, 0, 2, 0xaa]);
  reload(b, one.replace(/.*10\.0\.2\.9, mac.*\n/, ''));
  const { visits } = send(b, 'e1', UDP);
  assert.is(visits.at(-1)!.drop, 'NEIGHBOR_UNRESOLVED');
});

test('what cannot change is refused, with its line, and nothing has changed', () => {
  const one = ROUTER('  - {to: 10.9.0.0/16, via: 10.0.2.9}\n'), b = new BenchSwitch(one);
  send(b, 'e1', UDP);
  const refused = (yaml: string, why: RegExp) => assert.throws(() => reload(b, yaml), (e: Error) => e instanceof ConfigError && why.test(e.message));
  refused(one.replace('via: 10.0.2.9', 'via: 10.0.3.9').replace('02:00:00:00:01:01', '02:00:00:00:01:ff'), /^new\.yaml:3:35: ports\.e1\.mac: cannot change while the switch runs/);
  refused(one.replace('via: 10.0.2.9}', 'via: 10.7.7.7}'), /is on no connected network/);
  refused(`${one}vrfs: [red]\n`, /vrfs: cannot change/);
  assert.is(send(b, 'e1', UDP).sent[0]!.port, 'e2');
  assert.is(b.network.generation, 0);
  const { used } = b.k;
  for (let i = 0; i < 20; i++) refused(one.replace('via: 10.0.2.9}', 'via: 10.7.7.7}'), /no connected/);
  assert.is(b.k.used, used, 'what a refused file took is given back');
});

const GROUP = (members: string) => ROUTER('  - {to: 10.9.0.0/16, group: g}\n', `groups: {g: {members: [${members}]}}`);
const flows = (b: BenchSwitch) => Array.from({ length: 300 }, (_, i) => send(b, 'e1', `ip(src=10.0.1.5,dst=10.9.0.1)/udp(srcport=${1000 + i},dstport=53)`).sent[0]!.port);

test('a group of a running switch moves only the flows that it must', () => {
  const two = '{via: 10.0.2.9}, {via: 10.0.3.9}', b = new BenchSwitch(GROUP(two)), before = flows(b), [row] = listGroups(b.network.switches[0]!.built);
  reload(b, GROUP(two));
  assert.equal(flows(b), before);
  assert.is(listGroups(b.network.switches[0]!.built)[0]!.members[0]!.packets, 2n * row!.members[0]!.packets, 'counters go on');
  reload(b, GROUP('{via: 10.0.2.9, drain: true}, {via: 10.0.3.9}'));
  assert.equal([...new Set(flows(b))], ['e3']);
  reload(b, GROUP('{via: 10.0.3.9}, {via: 10.0.2.9, weight: 3}'));
  const after = flows(b), stayed = after.filter(p => p === 'e3').length;
  assert.ok(stayed > 40 && stayed < 110, `one in four stays, ${stayed} of 300`);
  reload(b, GROUP('{via: 10.0.3.9}'));
  assert.equal([...new Set(flows(b))], ['e3']);
});

const SRV6 = (segments: string, sid: string) => `
ports:
  e1: {address: "2001:db8:1::1/64", mac: 02:00:00:00:01:01}
  e2: {address: "2001:db8:2::1/64", mac: 02:00:00:00:01:02}
neighbors:
  - {address: "2001:db8:2::9", mac: 02:00:00:00:02:09, port: e2}
routes:
  - {to: "fc00::/16", via: "2001:db8:2::9"}
  - {to: "2001:db8:a::/48", srv6: p1}
srv6:
  source: 2001:db8::1
  locators: {main: "fc00:0:1::/48"}
  policies: {p1: {segments: [${segments}]}}
  sids: {${sid}}
`;
test('policies and SIDs that stay keep their counters', () => {
  const segments = '"fc00:0:2::", "fc00:0:3::"', sid = '"fc00:0:1:e::": {behavior: End}', b = new BenchSwitch(SRV6(segments, sid));
  const steer = () => send(b, 'e1', 'ipv6(src=2001:db8:1::5,dst=2001:db8:a::1)/udp(srcport=1,dstport=2)'), [sw] = b.network.switches;
  steer();
  reload(b, SRV6(segments, `${sid}, "fc00:0:1:f::": {behavior: End, flavors: [psp]}`));
  steer();
  assert.is(showPolicies(sw!)[0]!.packets, 2n);
  assert.equal(showSids(sw!).map(s => s.sid), ['fc00:0:1:e::', 'fc00:0:1:f::']);
  reload(b, SRV6('"fc00:0:9::"', sid));
  assert.is(showPolicies(sw!)[0]!.packets, 0n, 'another list is another policy');
  assert.equal([...steer().sent[0]!.bytes.subarray(38, 44)], [0xfc, 0, 0, 0, 0, 9]);
});

const L2 = (segment: string, sids: string, l2 = '') => `
ports: {x: , y: , e1: {address: ["2001:db8:1::1/64", 10.0.1.1/24], mac: 02:00:00:00:01:03}, m: {bridge: b1}}
bridges: {b1: }
neighbors: [{address: "2001:db8:1::9", mac: 02:00:00:00:01:09, port: e1}, {address: 10.0.1.9, mac: 02:00:00:00:01:09, port: e1}]
routes: [{to: "fc00::/16", via: "2001:db8:1::9"}]
srv6:
  source: 2001:db8::1
  policies: {p: {lists: [{segments: ["${segment}"], weight: 3}, {segments: ["fc00:0:8::"]}], mode: encaps.red}}
  sids: {"fc00:0:1:4::": {behavior: End.DX4, via: 10.0.1.9}, "fc00:0:1:d2::": {behavior: End.DT2U, bridge: b1}, ${sids}}
  l2: {l: {port: x, policy: p}, r: {bridge: b1, policy: p, source: "fc00:0:9::"${l2}}}
`;
test('frames enter a new list of their policy; adjacencies and tables of SIDs are what they were', () => {
  const b = new BenchSwitch(L2('fc00:0:2::', '')), [sw] = b.network.switches;
  const enter = () => [...new Set(Array.from({ length: 40 }, (_, i) => Buffer.from(b.send([{ port: 'x', bytes: frameOf(b.network, 'x', `eth()/ip(src=10.0.1.5,dst=10.9.0.1)/udp(srcport=${i})`), id: ++ids }]).sent[0]!.bytes.subarray(38, 44)).toString('hex')))].sort();
  const cross = () => send(b, 'e1', 'ipv6(src=2001:db8:1::5,dst=fc00:0:1:4::)/ip(src=10.0.1.5,dst=10.9.0.1,ttl=9)/udp()').sent.map(s => s.bytes[22]);
  const into = () => send(b, 'e1', 'ipv6(src=fc00:0:9::,dst=fc00:0:1:d2::)/eth(dst=02:00:00:00:00:99,src=02:00:00:00:00:98)/arp()').sent.map(s => s.port);
  for (const [segment, sids] of [['fc00:0:2::', ''], ['fc00:0:3::', '"fc00:0:1:d1::": {behavior: End.DX2, port: y}'], ['fc00:0:3::', '"fc00:0:1:d3::": {behavior: End.DX2V, vlans: {5: y}}']] as const) {
    reload(b, L2(segment, sids));
    assert.equal(enter(), [segment.replace('fc00:0:', 'fc000000000').slice(0, 12), 'fc0000000008']);
    assert.equal(cross(), [8]);
    assert.equal(into(), ['m']);
  }
  assert.equal(showSids(sw!).slice(0, 2).map(s => s.packets), [3n, 3n]);
  assert.throws(() => reload(b, L2('fc00:0:3::', '', ', learn: false')), /srv6\.l2\.r\.learn: cannot change while the switch runs/);
});

test('a thousand files leave the memory as large as it was', () => {
  const yaml = (n: number) => ROUTER(Array.from({ length: 40 + n % 20 }, (_, i) => `  - {to: 10.${i}.${n % 7}.0/24, via: 10.0.${2 + (i + n) % 2}.9}\n`).join(''), `groups: {g: {members: [{via: 10.0.2.9, weight: ${1 + n % 5}}, {via: 10.0.3.9}]}}`);
  const b = new BenchSwitch(yaml(0));
  let used = 0;
  for (let n = 1; n <= 1000; n++) {
    reload(b, yaml(n));
    if (n === 100) used = b.k.used;
  }
  assert.is(b.k.used, used);
});

/** Three routers in a row. The routes of each, and the label of the last, say which file they are of. */
const CHAIN = (n: number) => `
switches:
${['a', 'b', 'c'].map((name, i) => `  ${name}:
    ports:
      e1: {address: 10.${i}.0.2/24, mac: 02:00:00:00:0${i}:01}
      e2: {address: 10.${i + 1}.0.1/24, mac: 02:00:00:00:0${i}:02}
    neighbors:
      - {address: 10.${i + 1}.0.2, mac: 02:00:00:00:0${i + 1}:01, port: e2}
    mpls: {ports: [e1, e2], labels: {${i === 0 ? '' : `${n * 10 + 100 + i}: {swap: ${n * 10 + 101 + i}, via: 10.${i + 1}.0.2}`}}}
    routes:
      - {to: 10.9.0.0/16, via: 10.${i + 1}.0.2, push: [${n * 10 + 101}]}`).join('\n')}
links:
  - {endpoints: ["a:e2", "b:e1"]}
  - {endpoints: ["b:e2", "c:e1"]}
`;

/** Every burst takes one file's way: FIB of the first switch, label tables of the others. */
function bursts(b: BenchSwitch, update: (n: number) => void): string | undefined {
  for (let n = 0; n < 200; n++) {
    update(n % 8);
    const handles = Array.from({ length: 64 }, (_, i) => b.enter({ port: 'a:e1', bytes: frameOf(b.network, 'a:e1', `eth()/ip(src=10.0.0.5,dst=10.9.0.${i})/udp(srcport=1,dstport=2)`), id: ++ids }));
    const { sent, visits } = b.run('a:e1', handles), seen = new Set(visits.map(v => v.generation));
    if (sent.length !== 64) return `burst ${n}: ${sent.length} of 64 went through, ${visits.find(v => v.drop)?.drop}`;
    if (sent.some(s => (s.bytes[14]! << 12 | s.bytes[15]! << 4 | s.bytes[16]! >> 4) !== n % 8 * 10 + 103)) return `burst ${n}: left with another file's label`;
    if (seen.size !== 1) return `burst ${n}: generations ${[...seen]}`;
  }
  return undefined;
}

test('a packet that crosses three switches never sees two files', () => {
  const b = new BenchSwitch(CHAIN(0));
  assert.is(bursts(b, n => reload(b, CHAIN(n))), undefined);
});

test('that test would find one table of one switch that changes late', () => {
  for (const [sw, field] of [[0, Sw.FIB4], [1, Sw.LABELS], [2, Sw.LABELS]] as const) {
    const b = new BenchSwitch(CHAIN(0)), at = b.network.switches[sw]!.at + field;
    assert.ok(bursts(b, n => {
      const late = b.k.view.getUint32(at, true);
      reload(b, CHAIN(n));
      if (n === 3) b.k.view.setUint32(at, late, true);
    }), `switch ${sw}, ${Sw[field]}`);
  }
});

test('packets that wait for a neighbour while the file changes go out by it', () => {
  const one = (extra: string) => ROUTER(`  - {to: 10.9.0.0/16, via: 10.0.2.7}\n${extra}`, 'unresolved: queue'), b = new BenchSwitch(one(''));
  assert.is(send(b, 'e1', UDP).sent[0]!.bytes[12], 8, 'asks');
  reload(b, one('  - {to: 10.8.0.0/16, via: 10.0.2.9}\n'));
  const { sent } = send(b, 'e2', 'arp(op=reply,sha=02:00:00:00:02:07,spa=10.0.2.7,tha=02:00:00:00:01:02,tpa=10.0.2.1)');
  assert.is(sent.length, 1);
  assert.equal([...sent[0]!.bytes.subarray(0, 6)], [2, 0, 0, 0, 2, 7]);
});

test.run();
