// lb.test.ts -- the load balancer: shares, what a real that goes takes along,
// and flows that stay.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LbService } from '../assembly/abi/lb.ts';
import { ConfigError, SwitchFile } from '../src/switch/file.ts';
import { listReals } from '../src/switch/load_balancers.ts';
import { Network } from '../src/switch/network.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { build } from '../src/wire/build.ts';
import { BenchSwitch } from './bench_switch.ts';

const FLOWS = 2000, REALS = [11, 12, 13, 14];
const CONFIG = (affinity: string, drain?: number) => `
ports: {e1: {address: 10.0.1.1/24}, e2: {address: 10.0.2.1/24}}
neighbors: [${REALS.map(r => `{address: 10.0.2.${r}, mac: "02:00:00:00:00:${r}", port: e2}`).join(', ')}]
load_balancers:
  web: {address: 192.0.2.1, protocol: tcp, port: 80, affinity: ${affinity}, reals: [${REALS.map(r => `{address: 10.0.2.${r}, drain: ${r === drain}}`).join(', ')}]}
`;
const frame = (flow: number, flags = 2) => build(`eth(dst=02:00:00:00:01:01)/ip(src=10.9.${flow >> 8}.${flow & 255},dst=192.0.2.1)/tcp(srcport=${1000 + flow},dstport=80,flags=${flags})`);
let id = 0;
/** Last octet of the MAC that each flow's packet went to. */
const reals = (b: BenchSwitch, first = 0, time = 0n, flags = 2): number[] => Array.from({ length: FLOWS }, (_, i) => Number(b.send([{ bytes: frame(first + i, flags), id: ++id, time }], false).sent[0]!.bytes[5]!.toString(16)));

test('reals share flows evenly, alike on every load balancer', () => {
  const a = reals(new BenchSwitch(CONFIG('stateless'))), b = reals(new BenchSwitch(CONFIG('flow').replace('ports:', 'seed: 77\nports:')));
  assert.equal(a, b);
  for (const r of REALS) assert.ok(Math.abs(a.filter(x => x === r).length - FLOWS / 4) < 5 * Math.sqrt(FLOWS * 3 / 16), `${r}`);
});

test('stateless: a real that goes takes few flows but its own along', () => {
  const before = reals(new BenchSwitch(CONFIG('stateless'))), after = reals(new BenchSwitch(CONFIG('stateless', 12)));
  assert.ok(!after.includes(12));
  const moved = before.filter((r, i) => r !== 12 && after[i] !== r).length / before.filter(r => r !== 12).length;
  assert.ok(moved < 0.05, `${moved}`);
});

test('with flows: those that are there stay, new ones do not come', () => {
  const b = new BenchSwitch(CONFIG('flow')), { k } = b, { at } = b.network.switches[0]!.built.balancers[0]!, maglev = k.view.getUint32(at + LbService.MAGLEV, true);
  const before = reals(b);
  k.fn['maglev_weight']!(maglev, 1, 0);
  k.fn['maglev_build']!(maglev);
  assert.equal(reals(b, 0, 10n ** 12n, 16), before);
  assert.ok(!reals(b, FLOWS).includes(12));
  // 15 minutes of silence: a flow of the real that drains is a new one.
  assert.ok(!reals(b, 0, 902n * 10n ** 12n, 16).includes(12));
});

test('with flows: a SYN after a FIN begins a new flow', () => {
  const b = new BenchSwitch(CONFIG('flow')), { k } = b, { at } = b.network.switches[0]!.built.balancers[0]!, maglev = k.view.getUint32(at + LbService.MAGLEV, true);
  const before = reals(b);
  reals(b, 0, 0n, 4);
  k.fn['maglev_weight']!(maglev, 1, 0);
  k.fn['maglev_build']!(maglev);
  assert.equal(reals(b, 0, 1n, 16), before);
  assert.ok(!reals(b, 0, 2n, 2).includes(12));
});

test('show reals counts packets and flows', () => {
  const b = new BenchSwitch(readFileSync(new URL('../examples/lb.yaml', import.meta.url), 'utf8'));
  for (let i = 0; i < 100; i++) for (const flags of [2, 16]) b.send([{ bytes: frame(i, flags), id: ++id }], false);
  const rows = listReals(b.network.switches[0]!.built).filter(r => r.service === 'web');
  assert.is(rows.reduce((n, r) => n + Number(r.packets), 0), 200);
  assert.is(rows.reduce((n, r) => n + Number(r.flows), 0), 100);
  assert.is(rows.reduce((n, r) => n + Number(r.bytes), 0), 8000);
});

const refused = (text: string, message: RegExp) => {
  try { new Network(loadKernels({ memory: 128 * 2 ** 20 }), new SwitchFile('f.yaml', `ports: {e1: {address: 10.0.0.1/24}}\nload_balancers: {${text}}`)); } catch (e) {
    assert.instance(e, ConfigError);
    assert.match((e as Error).message, message);
    return;
  }
  assert.unreachable(`taken: ${text}`);
};

test('what a file may not say', () => {
  refused('a: {address: 1.2.3.4, protocol: tcp, mode: ipip, reals: [{address: 10.0.0.9}]}', /needs a `source`/);
  refused('a: {address: 1.2.3.4, protocol: tcp, source: 1.1.1.1, reals: [{address: 10.0.0.9}]}', /goes with mode ipip/);
  refused('a: {address: 1.2.3.4, protocol: tcp, reals: [{address: 10.7.0.9}]}', /on no connected network/);
  refused('a: {address: 1.2.3.4, protocol: tcp, reals: [{address: 10.0.0.9}]}, b: {address: 1.2.3.4, protocol: tcp, reals: [{address: 10.0.0.8}]}', /a service of that protocol and port already/);
});

test.run();
