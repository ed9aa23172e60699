// bier.test.ts -- BIER through whole networks: one copy to each receiver.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bitString } from '../src/switch/bier.ts';
import { ConfigError, SwitchFile } from '../src/switch/file.ts';
import { build } from '../src/wire/build.ts';
import { BenchSwitch } from './bench_switch.ts';

const MAC = (s: number, n: number) => `02:00:00:00:${[s, n].map(v => v.toString(16).padStart(2, '0')).join(':')}`;

test('examples/bier.yaml: one packet in, one copy to each receiver', () => {
  const b = new BenchSwitch(readFileSync(new URL('../examples/bier.yaml', import.meta.url), 'utf8'));
  const frame = build('eth(dst=01:00:5e:01:01:01)/ip(src=10.1.0.9,dst=232.1.1.1,ttl=9)/udp(srcport=5,dstport=6)/data(hex=c0ffee)');
  const { sent, visits } = b.send([{ port: 'a:e1', bytes: frame, id: 1 }]);
  assert.equal(sent.map(s => s.port).sort(), ['c:e2', 'd:e2', 'e:e2']);
  for (const s of sent) {
    assert.is(Buffer.from(s.bytes.subarray(0, 6)).toString('hex'), '01005e010101', 'the MAC of the group');
    assert.is(s.bytes[14 + 8], 7, 'a step into the domain and a step out of it');
    assert.equal(s.bytes.subarray(34), frame.subarray(34));
  }
  // One copy on each link: four crossings.
  assert.is(visits.filter(v => v.node === 'bier_forward' && v.edge === 'port_tx').length, 4);
});

/** A tree of routers: the parent of router i is a router below i. Each router is a receiver and has a port to the outside. */
function tree(parents: readonly number[], bsl: number, ids: readonly number[], mpls: readonly boolean[]): string {
  const n = parents.length + 1, links = parents.map((p, i) => [p, i + 1] as const);
  const behind = (from: number, to: number): number[] => {
    const seen = new Set([from]), walk = (at: number): void => {
      seen.add(at);
      for (const [x, y] of links) for (const [u, v] of [[x, y], [y, x]] as const) if (u === at && !seen.has(v)) walk(v);
    };
    walk(to);
    seen.delete(from);
    return [...seen];
  };
  const port = (s: number, l: number) => links.slice(0, l + 1).filter(link => link.includes(s)).length + 1;
  const switches = Array.from({ length: n }, (_, s) => {
    const mine = links.flatMap((link, l) => (link.includes(s) ? [{ l, peer: link[0] === s ? link[1] : link[0] }] : []));
    const lines = [
      `  r${s}:`, '    ports:', `      e1: {address: 10.${s}.0.1/24}`, ...mine.map(({ l }) => `      l${l}: {address: 172.16.${l}.${links[l]![0] === s ? 1 : 2}/30}`),
      ...(s === 0 ? ['      in: {address: 10.200.0.1/24}'] : []), '    neighbors:', ...mine.map(({ l, peer }) => `      - {address: 172.16.${l}.${links[l]![0] === s ? 2 : 1}, mac: "${MAC(peer + 1, port(peer, l))}", port: l${l}}`),
      `    mpls: {ports: [${mine.map(({ l }) => `l${l}`).join(', ')}]}`,
      '    bier:', `      ports: [${[...(s === 0 ? ['in'] : []), ...mine.map(({ l }) => `l${l}`)].join(', ')}]`, '      sub_domains:', '        0:',
      `          bfr_id: ${ids[s]}`, `          bsl: ${bsl}`, '          bift_id: 256', `          label: ${5000 + 100 * s}`,
      '          bift:', ...mine.map(({ l, peer }) =>
        `            - {bfr: [${behind(s, peer).map(r => ids[r]).join(', ')}], via: 172.16.${l}.${links[l]![0] === s ? 2 : 1}${mpls[l] ? `, label: ${5000 + 100 * peer}` : ''}}`),
      '    routes: [{to: 232.1.1.1/32, port: e1}]',
    ];
    return lines.join('\n');
  });
  return ['switches:', ...switches, 'links:', ...links.map(([x, y], l) => `  - endpoints: ["r${x}:l${l}", "r${y}:l${l}"]`)].join('\n');
}

/** A BIER packet without MPLS that carries an IPv4 packet to 232.1.1.1. */
function packet(bsl: number, si: number, ids: readonly number[], mac = MAC(1, 1)): Uint8Array {
  const inner = build('ip(src=10.9.0.9,dst=232.1.1.1,ttl=9)/udp(srcport=5,dstport=6)/data(hex=c0ffee)');
  const header = Buffer.alloc(12);
  header.writeUInt32BE((256 + si) * 4096 + 256 + 64, 0);
  header.writeUInt32BE((Math.log2(bsl) - 5) * 2 ** 20 + 0x12345, 4);
  header.writeUInt16BE(4, 8);
  header.writeUInt16BE(1, 10);
  return Buffer.concat([build(`eth(dst=${mac},type=0xab37)`), header, bitString(ids, bsl), inner]);
}

test('random trees and bit strings: every set bit is served once, and no link carries a packet twice', () => {
  const arbitrary = fc.integer({ min: 2, max: 9 }).chain(n => fc.record({
    parents: fc.tuple(...Array.from({ length: n - 1 }, (_, i) => fc.nat(i))),
    bsl: fc.constantFrom(64, 128, 256, 512, 1024, 2048, 4096),
    draws: fc.uniqueArray(fc.integer({ min: 1, max: 4096 }), { minLength: n, maxLength: n }),
    mpls: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
    wanted: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
    noise: fc.array(fc.integer({ min: 1, max: 64 }), { maxLength: 4 }),
  }));
  fc.assert(fc.property(arbitrary, ({ parents, bsl, draws, mpls, wanted, noise }) => {
    // Receivers of two sets, so that set identifiers matter.
    const ids = draws.map((d, i) => 1 + (d % bsl) + (i % 2) * bsl).filter((id, i, all) => all.indexOf(id) === i);
    const routers = Math.min(ids.length, parents.length + 1); // numbers may coincide
    if (routers < 2) return;
    const config = tree(parents.slice(0, routers - 1), bsl, ids, mpls);
    const b = new BenchSwitch(config, { small: 256, jumbo: 8, huge: 2 });
    const mac = MAC(1, parents.slice(0, routers - 1).filter(p => p === 0).length + 2); // e1, a port a child, then the way in
    for (const si of [0, 1]) {
      const here = ids.slice(0, routers).map((id, r) => ({ id, r })).filter(({ id, r }) => wanted[r] && Math.floor((id - 1) / bsl) === si);
      const nobody = noise.map(x => si * bsl + x).filter(id => !ids.slice(0, routers).includes(id));
      if (!ids.slice(0, routers).some(id => Math.floor((id - 1) / bsl) === si)) continue;
      const { sent, visits } = b.send([{ port: 'r0:in', bytes: packet(bsl, si, [...here.map(h => h.id), ...nobody], mac), id: 1 + si }]);
      assert.equal(sent.map(s => s.port).sort(), here.map(({ r }) => `r${r}:e1`).sort());
      const links = visits.filter(v => v.node === 'bier_forward' && v.edge === 'port_tx').map(v => Buffer.from(v.bytes.subarray(0, 12)).toString('hex'));
      assert.is(new Set(links).size, links.length, 'twice over one link');
      if (here.length === 0) assert.ok(visits.some(v => v.drop === 'BIER_NO_RECEIVER'));
    }
  }), { seed: 8279, numRuns: 40 });
});

const ECMP = `
ports: {e1: {address: 10.0.1.1/24}, e2: {address: 10.0.2.1/24}, e3: {address: 10.0.3.1/24}, e4: {address: 10.0.4.1/24}}
neighbors:
  - {address: 10.0.2.9, mac: 02:00:00:00:00:29, port: e2}
  - {address: 10.0.3.9, mac: 02:00:00:00:00:39, port: e3}
  - {address: 10.0.4.9, mac: 02:00:00:00:00:49, port: e4}
bier:
  ports: [e1]
  sub_domains:
    0:
      bfr_id: 1
      bsl: 64
      bift_id: 256
      bift:
        - {bfr: [2, 3, 4], via: 10.0.2.9}
        - {bfr: [2, 3], via: 10.0.3.9}
        - {bfr: [3, 5], via: 10.0.4.9}
`;

test('equal-cost neighbours: the entropy shares flows out, and each receiver is still served once', () => {
  const b = new BenchSwitch(ECMP), ways = new Map<string, number>();
  for (let flow = 0; flow < 300; flow++) {
    const frame = packet(64, 0, [2, 3, 4, 5]);
    frame.set([frame[19]! & 0xf0 | flow >> 16, flow >> 8, flow & 255], 19);
    const { sent } = b.send([{ port: 'e1', bytes: frame, id: 1 }], false);
    const strings = sent.map(s => Buffer.from(s.bytes.subarray(26, 34)).readBigUInt64BE());
    assert.is(strings.reduce((x, y) => x | y, 0n), 0b11110n, 'the union is what came');
    assert.is(strings.reduce((x, y) => x + y, 0n), 0b11110n, 'and no bit is in two');
    const third = sent[strings.findIndex(s => (s & 4n) !== 0n)]!.port;
    ways.set(third, (ways.get(third) ?? 0) + 1);
    const again = b.send([{ port: 'e1', bytes: frame, id: 2 }], false).sent;
    assert.equal(again.map(s => s.port), sent.map(s => s.port), 'one flow, one way');
  }
  assert.equal([...ways.keys()].sort(), ['e2', 'e3', 'e4']);
  for (const n of ways.values()) assert.ok(n > 60 && n < 140, `${n} of 300`);
});

test('a copy too many for the pool drops the packet whole, and the next one is served', () => {
  const b = new BenchSwitch(ECMP, { small: 3, jumbo: 0, huge: 0 });
  const { sent, visits } = b.send([1, 2, 3].map(id => ({ port: 'e1', bytes: packet(64, 0, [2, 3, 4, 5]), id })));
  const dropped = visits.filter(v => v.drop === 'NO_BUFFER').map(v => v.id);
  for (const id of [1, 2, 3]) {
    const bits = sent.filter(s => s.id === id).reduce((x, s) => x | Buffer.from(s.bytes.subarray(26, 34)).readBigUInt64BE(), 0n);
    assert.is(bits, dropped.includes(id) ? 0n : 0b11110n, `packet ${id}`);
  }
});

test('receivers of two sets: one packet for each set identifier', () => {
  const b = new BenchSwitch(`
ports: {e1: {address: 10.0.1.1/24}, e2: {address: 10.0.2.1/24}}
neighbors: [{address: 10.0.2.9, mac: 02:00:00:00:00:29, port: e2}]
bier: {sub_domains: {0: {bfr_id: 1, bsl: 64, bift_id: 256, bift: [{bfr: 2-200, via: 10.0.2.9}], groups: {all: [2, 64, 65, 130]}}}}
routes: [{to: 232.0.0.0/8, bier: all}]
`);
  const { sent } = b.send([{ port: 'e1', bytes: build('eth(dst=01:00:5e:01:01:01)/ip(src=10.0.1.9,dst=232.1.1.1)/udp()'), id: 1 }]);
  const words = sent.map(s => Buffer.from(s.bytes)), hex = (w: Buffer, from: number, n: number) => w.subarray(from, from + n).toString('hex');
  assert.equal(words.map(w => hex(w, 12, 6)).sort(), ['ab3700100140', 'ab3700101140', 'ab3700102140']);
  assert.equal(words.map(w => hex(w, 26, 8)).sort(), ['0000000000000001', '0000000000000002', '8000000000000002']);
  assert.is(new Set(words.map(w => hex(w, 19, 3))).size, 1, 'one entropy');
});

test('a running switch takes and loses routes to groups', () => {
  const yaml = (routes: string) => `
ports: {e1: {address: 10.0.1.1/24}, e2: {address: 10.0.2.1/24}}
neighbors: [{address: 10.0.2.9, mac: 02:00:00:00:00:29, port: e2}]
bier: {sub_domains: {0: {bfr_id: 1, bsl: 64, bift_id: 256, label: 900, bift: [{bfr: 2, via: 10.0.2.9}], groups: {g: 2}}}}
routes: [${routes}]
`;
  const b = new BenchSwitch(yaml('')), reload = (routes: string) => { b.network.reload(new SwitchFile('new.yaml', yaml(routes))); };
  const outcome = () => b.send([{ port: 'e1', bytes: build('eth(dst=01:00:5e:01:01:01)/ip(src=10.0.1.9,dst=232.1.1.1)/udp()'), id: 1 }]).visits.at(-1)!;
  assert.is(outcome().drop, 'MULTICAST');
  for (let i = 0; i < 3; i++) {
    reload('{to: 232.1.1.1/32, bier: g}');
    assert.is(Buffer.from(outcome().bytes.subarray(12, 14)).toString('hex'), 'ab37');
    reload('{to: 232.1.1.1/32, port: e2}');
    assert.is(Buffer.from(outcome().bytes.subarray(0, 6)).toString('hex'), '01005e010101');
    reload('');
    assert.is(outcome().drop, 'MULTICAST');
  }
});

test('faults say what is wrong with a domain', () => {
  const faults = (sd: string, routes = '[]', mtu = 1500): string => {
    try {
      new BenchSwitch(`
ports: {e1: {address: 10.0.1.1/24}, e2: {address: 10.0.2.1/24, mtu: ${mtu}}}
neighbors: [{address: 10.0.2.9, mac: 02:00:00:00:00:29, port: e2}]
bier: {sub_domains: {0: ${sd}}}
routes: ${routes}
`);
    } catch (e) {
      if (e instanceof ConfigError) return e.message;
      throw e;
    }
    return '';
  };
  const way = '{bfr: [2, 3], via: 10.0.2.9}';
  assert.is(faults(`{bfr_id: 1, bift_id: 256, bift: [${way}]}`), '');
  assert.match(faults(`{bfr_id: 1, bift: [${way}]}`), /needs `bift_id`/);
  assert.match(faults(`{bfr_id: 2, bift_id: 256, bift: [${way}]}`), /2 is this router's own bfr_id/);
  assert.match(faults(`{bfr_id: 1, bift_id: 256, bift: [{bfr: 9-3, via: 10.0.2.9}]}`), /BFR-ids are 1 to 65535/);
  assert.match(faults(`{bfr_id: 1, bift_id: 256, bift: [{bfr: 2, via: 10.0.2.8}]}`), /a BIER next hop is not resolved/);
  assert.match(faults(`{bfr_id: 1, bift_id: 256, bsl: 64, bift: [{bfr: 60000, via: 10.0.2.9}]}`), /would need set identifier 937/);
  assert.match(faults(`{bfr_id: 1, bift_id: 1048575, bsl: 64, bift: [{bfr: 100, via: 10.0.2.9}]}`), /they end at 1048575/);
  assert.match(faults('{bfr_id: 1, bift_id: 256, bsl: 64, bift: [{bfr: 100, via: 10.0.2.9, label: 1048575}]}'), /does not do for all sets/);
  assert.match(faults('{bfr_id: 1, bift_id: 256, bift: [{bfr: 100, via: 10.0.2.9, label: 3}]}'), /labels from 16 on/);
  assert.match(faults(`{bfr_id: 1, bift_id: 256, bsl: 4096, bift: [${way}], groups: {g: 2}}`, '[]', 500), /headers of 524 bytes leave -24/);
  assert.match(faults(`{bift_id: 256, bift: [${way}], groups: {g: 2}}`), /needs bfr_id/);
  assert.match(faults(`{bfr_id: 1, bift_id: 256, bift: [${way}], groups: {g: [2, 9]}}`), /no neighbour in bift leads to BFR-id 9/);
  assert.match(faults(`{bfr_id: 1, bift_id: 256, bift: [${way}], groups: {sport: 2}}`, '[{to: 232.1.1.1/32, bier: sports}]'), /no BIER group "sports", do you mean "sport"\?/);
  assert.match(faults(`{bfr_id: 1, bift_id: 256, bift: [${way}]}`, '[{to: 232.1.1.0/24, port: e1}]'), /is a range of groups/);
});

test.run();
