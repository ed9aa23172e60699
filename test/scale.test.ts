// scale.test.ts -- what large gateways read from files: VRFs, routes between
// them, VNIs; packets find their way, and faults their line.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findRoute } from '../src/switch/routes.ts';
import { ConfigError } from '../src/switch/file.ts';
import { fib } from '../src/show/tables.ts';
import { formatPrefix, parseIp } from '../src/wire/address.ts';
import { build } from '../src/wire/build.ts';
import { BenchSwitch } from './bench_switch.ts';

const N = 40;

function gateway(vnis: string, routes: string, use: (b: () => BenchSwitch) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'weft-gateway-'));
  writeFileSync(join(dir, 'vrfs.txt'), `# tenants\n${Array.from({ length: N }, (_, i) => `t${i}`).join('\n')}\n`);
  writeFileSync(join(dir, 'vnis.txt'), vnis);
  writeFileSync(join(dir, 'routes.txt'), routes);
  const yaml = `ports: {up: {address: 10.0.0.0/31, mtu: 9000}}\nvrfs: "@${dir}/vrfs.txt"\nneighbors: [{address: 10.0.0.1, mac: 02:00:00:00:00:01, port: up}]\nroutes: "@${dir}/routes.txt"\nvxlan: {region: {vni: 16777215, vrf_l3: t0, router_mac: 02:00:00:00:00:99, local: 10.255.0.1, vnis: "@${dir}/vnis.txt"}}\n`;
  try { use(() => new BenchSwitch(yaml)); } finally { rmSync(dir, { recursive: true }); }
}

const VNIS = Array.from({ length: 3 * N }, (_, i) => `${i + 1} t${i % N}`).join('\n');
const ROUTES = `default 10.0.0.1\n${Array.from({ length: N }, (_, i) => `10.${i}.0.0/16 vrf:default t${i}\n  2001:db8:${i}::/48 vrf:default t${i}`).join('\n')}`;
const inner = (vni: number, dst: string) => build(`eth(dst=02:00:00:00:01:01)/ip(src=192.0.2.1,dst=10.255.0.1)/udp(srcport=50000,dstport=4789)/vxlan(vni=${vni})/eth(dst=02:00:00:00:00:99,src=02:00:00:00:00:98)/ip(src=172.16.0.1,dst=${dst})/udp(srcport=1,dstport=2)`);

test('each VNI of a file is of its VRF, and each VRF has its routes', () => {
  gateway(VNIS, ROUTES, make => {
    const b = make();
    for (let v = 0; v < 3 * N; v++)
      for (const t of [v % N, (v + 1) % N]) {
        const { sent, visits } = b.send([{ bytes: inner(v + 1, `10.${t}.7.7`), id: v + 1 }]);
        assert.is(sent.length, t === v % N ? 1 : 0, `VNI ${v + 1}`);
        if (t !== v % N) assert.is(visits.find(x => x.drop)?.drop, 'NO_ROUTE');
      }
    assert.is(b.send([{ bytes: inner(3 * N + 1, '10.0.0.1'), id: 1 }]).visits.find(x => x.drop)?.drop, 'VXLAN_UNKNOWN_VNI');
  });
});

test('routes of a file are shown, found, and lead back to their lines', () => {
  gateway(VNIS, ROUTES, make => {
    const b = make(), { built } = b.network.switches[0]!, vrf = built.vrfs.get('t7')!;
    const four = findRoute(built, vrf, parseIp('10.7.1.2'))!, six = findRoute(built, vrf, parseIp('2001:db8:7::1'))!;
    assert.is(formatPrefix(four.prefix), '10.7.0.0/16');
    assert.is(four.position().line, 2 + 2 * 7);
    assert.is(formatPrefix(six.prefix), '2001:db8:7::/48');
    assert.equal([six.position().line, six.position().column], [3 + 2 * 7, 3]);
    assert.ok(fib(b.network).rows.length > 2 * N);
    assert.is(built.routeCount, fib(b.network).rows.length);
  });
});

test('faults name the line', () => {
  const fault = (vnis: string, routes: string, message: RegExp) => { gateway(vnis, routes, make => { assert.throws(make, (e: Error) => e instanceof ConfigError && message.test(e.message)); }); };
  fault('1 t1\n1 t2', '', /VNI 1 exists already/);
  fault('1 t1\n16777216 t2', '', /vnis\.txt:2:1: .*expected "vni vrf"|vnis\.txt:2:1: expected "vni vrf"/);
  fault('1 t1\n2 nobody', '', /vnis\.txt:2:1: no VRF "nobody"/);
  fault('', '10.0.0.0/8 vrf:nobody t1', /routes\.txt:1:1: no VRF "nobody"/);
});

test.run();
