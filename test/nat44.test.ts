// nat44.test.ts -- NAT44 end to end: what leaves and comes back is byte for
// byte what it should be, no two hosts share a port, and what a file may not say.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, SwitchFile } from '../src/switch/file.ts';
import { listNat } from '../src/switch/nat.ts';
import { Network } from '../src/switch/network.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { build } from '../src/wire/build.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch } from './bench_switch.ts';
import { random } from './wasm.ts';

const LAN = 'eth(dst=02:00:00:00:01:01)', WAN = 'eth(dst=02:00:00:00:01:02)', TO_WAN = 'eth(dst=02:00:00:00:00:99,src=02:00:00:00:01:02)', TO_LAN = 'eth(dst=02:00:00:00:00:09,src=02:00:00:00:01:01)';

test('there and back, byte for byte; nobody shares a port', () => {
  const r = random(3022), hosts = [9, 10, 77, 200];
  const b = new BenchSwitch(readFileSync(new URL('../examples/nat.yaml', import.meta.url), 'utf8').replace('neighbors:', `neighbors:\n${hosts.slice(1).map(h => `  - {address: 10.0.0.${h}, mac: 02:00:00:00:00:09, port: lan}`).join('\n')}`));
  const built = b.network.switches[0]!.built, outside = new Map<string, string>();
  for (let i = 0; i < 600; i++) {
    const host = hosts[r() % 4]!, inside = 1 + r() % 300, far = `8.8.${r() % 256}.${r() % 255}`, data = `data(hex=${Array.from({ length: r() % 40 }, () => (r() % 4 === 0 ? 'ff' : (r() % 256).toString(16).padStart(2, '0'))).join('') || '00'})`;
    const kind = ['tcp', 'udp', 'icmp'][r() % 3]!, ends = (src: number, dst: number, back: boolean) => (kind === 'icmp' ? `icmp(type=${back ? 0 : 8},ident=${back ? dst : src},seq=3)` : `${kind}(srcport=${src},dstport=${dst})`);
    const { sent: [out] } = b.send([{ port: 'lan', bytes: build(`${LAN}/ip(src=10.0.0.${host},dst=${far})/${ends(inside, 53, false)}/${data}`), id: 2 * i + 1 }]);
    const row = listNat(built).find(n => n.kind === 'mapping' && n.protocol === kind && n.inside === `10.0.0.${host}:${inside}`)!, port = Number(row.outside.split(':')[1]);
    assert.is(Math.floor((port - 1024) / 252), host); // the block of the host: RFC 7422
    assert.fixture(hexdump(out!.bytes), hexdump(build(`${TO_WAN}/ip(src=203.0.113.1,dst=${far},ttl=63)/${ends(port, 53, false)}/${data}`)));
    const key = `${kind} ${port}`;
    assert.is(outside.get(key) ?? row.inside, row.inside);
    outside.set(key, row.inside);
    const { sent: [back] } = b.send([{ port: 'wan', bytes: build(`${WAN}/ip(src=${far},dst=203.0.113.1)/${ends(53, port, true)}/${data}`), id: 2 * i + 2 }]);
    assert.fixture(hexdump(back!.bytes), hexdump(build(`${TO_LAN}/ip(src=${far},dst=10.0.0.${host},ttl=63)/${ends(53, inside, true)}/${data}`)));
  }
  assert.ok(outside.size > 400);
});

const refused = (nat: string, message: RegExp) => {
  try { new Network(loadKernels({ memory: 64 * 2 ** 20 }), new SwitchFile('f.yaml', `ports: {e1: {address: 10.0.0.1/24}, e2: {address: 203.0.113.1/24}}\nnat: {outside: [e2], table_size: 1000, ${nat}}`)); } catch (e) {
    assert.instance(e, ConfigError);
    assert.match((e as Error).message, message);
    return;
  }
  assert.unreachable(`taken: ${nat}`);
};

test('what a file may not say', () => {
  refused('pools: [{inside: "2001:db8::/64", addresses: [203.0.113.1]}]', /is no IPv4 prefix/);
  refused('pools: [{inside: 10.0.0.0/24, addresses: [203.0.113.1], block: 512}]', /256 hosts with 512 ports each need 3 addresses: there are 1/);
  refused('pools: [{inside: 10.0.0.0/24, addresses: [203.0.113.1], ports: "2000-1000"}]', /no range of ports/);
  refused('pools: [{inside: 10.0.0.0/24, addresses: [203.0.113.1]}, {inside: 10.0.1.0/24, addresses: [203.0.113.0/30]}]', /another pool's already/);
  refused('forwards: [{protocol: tcp, address: 203.0.113.1, port: 1, to: 10.0.0.9}, {protocol: tcp, address: 203.0.113.1, port: 1, to: 10.0.0.8}]', /forwarded already/);
  refused('forwards: [{protocol: tcp, address: 203.0.113.1, port: 1, to: 10.0.0.9}, {protocol: tcp, address: 203.0.113.1, port: 2, to: 10.0.0.9, to_port: 1}]', /has an outside end already/);
  refused('timeouts: {udp: 0s}', /over at once/);
});

test.run();
