// engine.test.ts -- properties of the engine that no single node has: switches
// of one memory keep apart, loops end, nothing is lost or goes uncounted, and
// the size of vectors does not show.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Drop } from '../assembly/abi/drop.ts';
import { Packet } from '../assembly/abi/packet.ts';
import { Node, Switch as Sw } from '../assembly/abi/switch.ts';
import { createCapture, openCapture } from '../src/capture/open.ts';
import { type ReplayResult, replay } from '../src/replay/replay.ts';
import type { Network } from '../src/switch/network.ts';
import { frame, receive, release, take, Vector } from '../src/kernel/packets.ts';
import { readAll, scratchPath, smallKernels } from './capture_files.ts';
import { captureFile, type Described, frameOf, networkOf, portOf, readerOf } from './captured.ts';
import { random } from './wasm.ts';

/** A router and bridge in one; every name and number is its own, wherever it stands. */
const SWITCH = (seed: number) => `
    seed: ${seed}
    vrfs: [red]
    ports:
      e1: {address: [10.0.1.1/24, "2001:db8:1::1/64"], mac: 02:00:00:00:0${seed}:01}
      e2: {address: [10.0.2.1/24, "2001:db8:2::1/64"], mac: 02:00:00:00:0${seed}:02, mtu: 600}
      e3: {mac: 02:00:00:00:0${seed}:03}
      e4: {mac: 02:00:00:00:0${seed}:04}
      e5: {mac: 02:00:00:00:0${seed}:05, vlans: {7: {address: 10.0.7.1/24, vrf: red}}}
    bridges: {br: {ports: [e3, e4]}}
    neighbors:
      - {address: 10.0.1.5, mac: 02:00:00:00:00:15, port: e1}
      - {address: 10.0.2.9, mac: 02:00:00:00:00:29, port: e2}
      - {address: "2001:db8:2::9", mac: 02:00:00:00:00:29, port: e2}
      - {address: 10.0.7.9, mac: 02:00:00:00:00:79, port: e5.7}
    routes:
      - {to: 10.1.0.0/16, via: 10.0.2.9}
      - {to: "2001:db8:f::/48", via: "2001:db8:2::9"}
      - {to: 10.2.0.0/16, action: prohibit}
      - {to: 10.3.0.0/16, vrf_leak: red}
      - {to: default, vrf: red, via: 10.0.7.9}
`;
const alone = (name: string, seed: number) => `switches:\n  ${name}:${SWITCH(seed)}`;
const BOTH = `switches:\n  a:${SWITCH(1)}  b:${SWITCH(2)}`;

const PACKETS = [
  'eth(dst=MAC)/ip(src=10.0.1.5,dst=10.1.0.N)/udp(srcport=N,dstport=53)/data(len=40)',
  'eth(dst=MAC)/ip(src=10.0.1.5,dst=10.1.0.N,ttl=1)/udp(srcport=N)',
  'eth(dst=MAC)/ip(src=10.0.1.5,dst=10.1.0.N)/udp(srcport=N)/data(len=1300)',
  'eth(dst=MAC)/ip(src=10.0.1.5,dst=10.1.0.N,df=1)/udp(srcport=N)/data(len=1300)',
  'eth(dst=MAC)/ip(src=10.0.1.5,dst=10.2.0.N)/udp(srcport=N)',
  'eth(dst=MAC)/ip(src=10.0.1.5,dst=10.3.0.N)/tcp(srcport=N)',
  'eth(dst=MAC)/ip(src=10.0.1.5,dst=10.9.0.N)/tcp(srcport=N)',
  'eth(dst=MAC)/ip(src=10.0.1.5,dst=10.0.1.1)/icmp(type=8)',
  'eth(dst=MAC)/ipv6(src=2001:db8:1::N,dst=2001:db8:f::N)/udp(srcport=N)',
  'eth(dst=MAC)/ipv6(src=2001:db8:1::N,dst=2001:db8:e::N)/udp(srcport=N)',
];
const BRIDGED = ['eth(src=02:00:00:00:01:2D,dst=ff:ff:ff:ff:ff:ff)/arp()', 'eth(src=02:00:00:00:01:2D,dst=02:00:00:00:01:1D)/ip(src=10.0.0.1,dst=10.0.0.2)/udp(srcport=N)'];

/** Packets for ports of some switches in turn; one in eight has bytes of noise. At most 90 errors, for their rate is limited. */
function traffic(network: Network, names: readonly string[], seed: number, count: number): Described[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const bridged = next() % 4 === 0, port = `${names[i % names.length]}:${bridged ? ['e3', 'e4'][next() % 2] : 'e1'}`;
    const list = bridged ? BRIDGED : next() % 4 > 0 ? PACKETS.slice(0, 1) : PACKETS, text = list[next() % list.length]!;
    const mac = `02:00:00:00:0${names[i % names.length] === 'a' ? 1 : 2}:01`;
    const bytes = frameOf(network, port, text.replaceAll('MAC', mac).replaceAll('N', String(1 + next() % 200)).replaceAll('D', String(next() % 10)));
    if (next() % 8 === 0) for (let n = next() % 3; n >= 0; n--) bytes[12 + next() % (bytes.length - 12)] = next() & 255;
    return { port, packet: bytes };
  });
}

interface Left { port: string; bytes: string; id: number }

/** Replay packets, at most `size` in a vector, into a capture of what leaves. */
async function run(network: Network, packets: readonly Described[], size = 256, name = `engine_${size}`): Promise<{ left: Left[]; result: ReplayResult }> {
  const out = scratchPath(`${name}_out.pcapng`), ports = network.ports.map((p, port) => ({ port, name: p.name }));
  const writer = createCapture(network.k, out, { ports, version: 'test' });
  const result = await replay(network, readerOf(network, captureFile(network, `${name}.pcapng`, packets)), { writer, pace: { due: (_, n) => Math.min(n, size) } });
  writer.close();
  const k = smallKernels(), reader = openCapture(k, out, { port: i => i }), all = await readAll(k, reader);
  reader.close();
  return { result, left: all.map(p => ({ port: ports[p.port]!.name, bytes: Buffer.from(p.bytes).toString('hex'), id: p.id })) };
}

/** A file of one switch names its ports without it. */
const bare = <T extends { port: string }>(p: T): T => ({ ...p, port: p.port.slice(2) });
const drops = (network: Network, name: string) => network.switches.find(s => s.name === name)!.graph.drops().map(({ first: _, ...d }) => d);
const free = (network: Network): number => network.k.fn['pool_free']!(network.k.pool), size = (network: Network): number => network.k.fn['pool_size']!(network.k.pool);

test('two switches in one memory do what each does alone, byte for byte', async () => {
  const both = networkOf(BOTH), packets = traffic(both, ['a', 'b'], 11, 1500), together = await run(both, packets, 256, 'both');
  assert.is(together.result.unexplained, 0);
  for (const [name, seed] of [['a', 1], ['b', 2]] as const) {
    const own = networkOf(alone(name, seed));
    const single = await run(own, packets.filter(p => p.port.startsWith(`${name}:`)).map(bare), 256, `alone_${name}`);
    const text = (left: readonly Left[]) => left.map(l => `${l.port} ${l.bytes}`);
    assert.equal(text(together.left.filter(l => l.port.startsWith(`${name}:`)).map(bare)), text(single.left), name);
    assert.equal(drops(both, name), drops(own, name));
    assert.ok(single.left.length > 500 && drops(both, name).length > 8, 'much happens');
  }
});

test('what leaves does not depend on the size of vectors', async () => {
  const runs = [];
  for (const size of [1, 7, 256]) {
    const network = networkOf(alone('a', 1)), packets = traffic(networkOf(BOTH), ['a'], 5, 600).map(bare);
    const { left, result } = await run(network, packets, size);
    assert.is(result.unexplained, 0);
    runs.push({ left, drops: result.drops, originated: result.originated, copies: result.copies });
  }
  assert.ok(runs[0]!.left.length > 400 && runs[0]!.originated > 0 && runs[0]!.copies > 0);
  assert.equal(runs[1], runs[0]);
  assert.equal(runs[2], runs[0]);
});

test('every buffer is free in the end, but those of held packets', async () => {
  const network = networkOf(BOTH), { result } = await run(network, traffic(network, ['a', 'b'], 3, 1000), 256, 'buffers');
  assert.is(result.held, 0);
  assert.is(free(network), size(network));
  const held = networkOf('unresolved: queue\nports: {e1: {address: 10.0.1.1/24}, e2: {address: 10.0.2.1/24}}');
  const waiting = await run(held, [1, 2, 3].map(n => ({ port: 'e1', packet: `udp 10.0.1.5:${n} > 10.0.2.${n + 4}:1` })), 256, 'held');
  assert.is(waiting.result.held, 3);
  assert.is(free(held), size(held) - 3);
  assert.is(waiting.result.unexplained, 0);
});

/** Frames straight into a network; what comes out is freed. */
function send(network: Network, port: string, packet: string): void {
  const { k } = network, vector = new Vector(k), number = portOf(network, port);
  vector.put([receive(k, frameOf(network, port, packet), { port: network.ports[number]!.port })]);
  network.input(number, vector.at, 1);
  network.run({ sent: () => { for (const d of take(k, 'TX')) release(k, d); } });
}

test('a loop of three switches ends by LINKS_MAX, however long the TTL', () => {
  const names = ['a', 'b', 'c'], mac = (s: number, port: number) => `02:00:00:00:0${s + 1}:0${port}`;
  // Ports: 1 to the outside, 2 to the next switch, 3 to the one before.
  const ring = networkOf(`switches:\n${names.map((n, i) => `
  ${n}:
    ports: {out: {address: 10.9.${i}.1/24}, next: {address: 10.0.${i}.1/24}, last: {address: 10.0.${(i + 2) % 3}.2/24}}
    neighbors: [{address: 10.0.${i}.2, mac: "${mac((i + 1) % 3, 3)}", port: next}]
    routes: [{to: default, via: 10.0.${i}.2}]`).join('')}
links: [{endpoints: ["a:next", "b:last"]}, {endpoints: ["b:next", "c:last"]}, {endpoints: ["c:next", "a:last"]}]
`);
  send(ring, 'a:out', 'eth()/ip(src=10.9.0.5,dst=10.77.0.1,ttl=255)/udp()');
  const rows = ring.switches.flatMap(s => s.graph.drops().map(d => `${s.name} ${d.node} ${d.reason} ${d.packets}`));
  assert.equal(rows, ['b port_tx LOOP 1'], 'after 64 links it is at b, for 64 = 1 mod 3');
  const crossed = ring.switches.map(s => s.graph.nodes().find(n => n.node === 'ethernet_input')!.packets);
  assert.equal(crossed, [22n, 22n, 21n]);
  assert.is(free(ring), size(ring));
});

test('VRFs that lead to each other end a packet by PASSES_MAX', () => {
  const network = networkOf(`
ports: {e1: {address: 10.0.1.1/24}}
vrfs: [red]
routes: [{to: 10.1.0.0/16, vrf_leak: red}, {to: 10.1.0.0/16, vrf: red, vrf_leak: default}]
`);
  send(network, 'e1', 'udp 10.0.1.5:1 > 10.1.0.1:2');
  assert.equal(network.switches[0]!.graph.drops().map(d => `${d.node} ${d.reason} ${d.packets}`), ['vrf_select LOOP 1']);
  const lookups = network.switches[0]!.graph.nodes().find(n => n.node === 'ip4_lookup')!.packets;
  assert.is(lookups, 17n, 'the first lookup and one for each pass');
  assert.is(free(network), size(network));
});

test('a node that loses packets makes a run unexplained', async () => {
  const network = networkOf(BOTH), { k } = network, [sw] = network.switches, packets = traffic(network, ['a', 'b'], 9, 400);
  // ip4_rewrite forgets its edges: what it sends on goes nowhere and is counted nowhere.
  const node = k.view.getUint32(sw!.at + Sw.NODES, true) + sw!.graph.index('ip4_rewrite') * Node.SIZEOF;
  k.view.setUint32(node + Node.EDGES, 1, true);
  sw!.graph.express(false);
  const { result } = await run(network, packets, 256, 'leak'), lost = size(network) - free(network);
  assert.ok(lost > 50);
  assert.is(result.unexplained, lost, 'as many as there are buffers that nobody has');
});

test('every drop has a reason, whatever the bytes', () => {
  const network = networkOf(BOTH), reasons = new Set<string>();
  network.keepDrops();
  const { k } = network, packets = traffic(network, ['a', 'b'], 21, 800), vector = new Vector(k);
  for (const { port, packet } of packets) {
    const number = portOf(network, port);
    vector.put([receive(k, packet as Uint8Array, { port: network.ports[number]!.port })]);
    network.input(number, vector.at, 1);
    network.run({
      sent: () => { for (const d of take(k, 'TX')) release(k, d); },
      dropped: () => {
        for (const d of take(k, 'DROP')) {
          reasons.add(Drop[k.view.getUint16(d + Packet.DROP, true)]!);
          assert.ok(frame(k, d).length > 0);
          release(k, d);
        }
      },
    });
  }
  assert.not.ok(reasons.has('NONE'));
  assert.ok(reasons.size > 8, [...reasons].join());
  assert.is(free(network), size(network));
});

test.run();
