// conntrack.test.ts -- stateful security groups: what is answered, how long,
// and what is not.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listFlows } from '../src/switch/conntrack.ts';
import { listRules } from '../src/switch/rules_report.ts';
import { build } from '../src/wire/build.ts';
import { BenchSwitch } from './bench_switch.ts';

const S = 10n ** 12n;
const CONFIG = (conntrack = '') => `
ports:
  e1: {address: [10.0.1.1/24, "2001:db8:1::1/64"], security_groups: [client]}
  e2: {address: [10.0.2.1/24, "2001:db8:2::1/64"]}
neighbors:
  - {address: 10.0.1.9, mac: 02:00:00:00:00:19, port: e1}
  - {address: 10.0.2.9, mac: 02:00:00:00:00:29, port: e2}
  - {address: "2001:db8:1::9", mac: 02:00:00:00:00:19, port: e1}
  - {address: "2001:db8:2::9", mac: 02:00:00:00:00:29, port: e2}
security_groups:
  client:
    stateful: true
    rules:
      - {direction: egress, protocol: tcp, destination_ports: 80, action: allow}
      - {direction: egress, protocol: udp, destination_ports: 53, action: allow, expires: 1h}
      - {direction: egress, protocol: icmp, icmp_type: 8, action: allow}
      - {direction: egress, protocol: icmpv6, icmp_type: 128, action: allow}
${conntrack}`;

/** A switch with a host at each end; frames by text, true where they came out. */
class Hosts {
  readonly b: BenchSwitch;
  #id = 0;
  constructor(conntrack?: string) {
    this.b = new BenchSwitch(CONFIG(conntrack));
  }
  #send(port: string, frame: Uint8Array, time: bigint): boolean {
    const { sent, visits } = this.b.send([{ port, bytes: frame, time, id: ++this.#id }]);
    const dropped = visits.find(v => v.edge === 'drop');
    if (dropped) assert.is(dropped.drop, 'ACL_DENY');
    return sent.length === 1;
  }
  /** The host behind e1 sends, at a second. */
  out(text: string, at = 0): boolean {
    return this.#send('e1', build(`eth(dst=02:00:00:00:01:01)/${text}`), BigInt(Math.round(at * 1000)) * (S / 1000n));
  }
  /** It is sent something. */
  in(text: string, at = 0): boolean {
    return this.#send('e2', build(`eth(dst=02:00:00:00:01:02)/${text}`), BigInt(Math.round(at * 1000)) * (S / 1000n));
  }
  states(): string[] {
    return listFlows(this.b.network.switches[0]!.built).flows.map(f => f.state);
  }
}

const OUT = 'ip(src=10.0.1.9,dst=10.0.2.9)', IN = 'ip(src=10.0.2.9,dst=10.0.1.9)', OUT6 = 'ipv6(src=2001:db8:1::9,dst=2001:db8:2::9)', IN6 = 'ipv6(src=2001:db8:2::9,dst=2001:db8:1::9)';
const tcp = (from: number, to: number, flags: number) => `/tcp(srcport=${from},dstport=${to},flags=${flags})`;
const udp = (from: number, to: number) => `/udp(srcport=${from},dstport=${to})`;
const FIN = 1, SYN = 2, RST = 4, ACK = 16;

test('an answer passes, once asked for, and nothing else', () => {
  const h = new Hosts();
  assert.not(h.in(IN + tcp(80, 1000, SYN | ACK)));
  assert.ok(h.out(OUT + tcp(1000, 80, SYN)));
  assert.ok(h.in(IN + tcp(80, 1000, SYN | ACK)));
  assert.not(h.in(IN + tcp(80, 1001, SYN | ACK)));
  assert.not(h.in(IN + tcp(81, 1000, ACK)));
  assert.not(h.in('ip(src=10.0.2.8,dst=10.0.1.9)' + tcp(80, 1000, ACK)));
  assert.not(h.in(IN + udp(80, 1000)));
});

test('the same over IPv6', () => {
  const h = new Hosts();
  assert.not(h.in(IN6 + tcp(80, 1000, SYN | ACK)));
  assert.ok(h.out(OUT6 + tcp(1000, 80, SYN)));
  assert.ok(h.in(IN6 + tcp(80, 1000, SYN | ACK)));
  assert.ok(h.out(`${OUT6}/icmpv6(type=128,ident=7)`));
  assert.not(h.in(`${IN6}/icmpv6(type=129,ident=8)`));
  assert.ok(h.in(`${IN6}/icmpv6(type=129,ident=7)`));
});

test('TCP: half open 120 s, answered 60 s, established 5 days', () => {
  const h = new Hosts();
  h.out(OUT + tcp(1000, 80, SYN));
  assert.equal(h.states(), ['SYN_SENT']);
  assert.not(h.in(IN + tcp(80, 1000, SYN | ACK), 120));
  h.out(OUT + tcp(1000, 80, SYN), 200);
  assert.ok(h.in(IN + tcp(80, 1000, SYN | ACK), 319.999));
  assert.equal(h.states(), ['SYN_RECEIVED']);
  assert.not(h.in(IN + tcp(80, 1000, ACK), 380));
  h.out(OUT + tcp(1000, 80, SYN), 400);
  h.in(IN + tcp(80, 1000, SYN | ACK), 400);
  h.out(OUT + tcp(1000, 80, ACK), 400);
  assert.equal(h.states(), ['ESTABLISHED']);
  assert.ok(h.in(IN + tcp(80, 1000, ACK), 400 + 431_999));
  assert.not(h.in(IN + tcp(80, 1000, ACK), 400 + 431_999 + 432_000));
});

test('TCP: FIN of one, of both, RST; a SYN then begins anew', () => {
  const h = new Hosts(), open = (at: number) => { h.out(OUT + tcp(1000, 80, SYN), at); h.in(IN + tcp(80, 1000, SYN | ACK), at); h.out(OUT + tcp(1000, 80, ACK), at); };
  open(0);
  h.in(IN + tcp(80, 1000, FIN | ACK), 1);
  assert.equal(h.states(), ['FIN_WAIT']);
  assert.ok(h.in(IN + tcp(80, 1000, FIN | ACK), 1)); // once more is no second end
  assert.equal(h.states(), ['FIN_WAIT']);
  h.out(OUT + tcp(1000, 80, FIN | ACK), 2);
  assert.equal(h.states(), ['TIME_WAIT']);
  assert.ok(h.in(IN + tcp(80, 1000, ACK), 2));
  // The other end may not open what this one closed.
  assert.not(h.in(IN + tcp(80, 1000, SYN), 3));
  assert.equal(h.states(), []);
  open(4);
  assert.equal(h.states(), ['ESTABLISHED']);
  assert.ok(h.in(IN + tcp(80, 1000, RST), 5));
  assert.equal(h.states(), ['CLOSED']);
  assert.ok(h.in(IN + tcp(80, 1000, ACK), 14.9));
  assert.not(h.in(IN + tcp(80, 1000, ACK), 25));
});

test('UDP: 30 s, answered 120 s', () => {
  const h = new Hosts();
  h.out(OUT + udp(1000, 53));
  assert.ok(h.in(IN + udp(53, 1000), 29.999));
  assert.equal(h.states(), ['UDP_STREAM']);
  assert.ok(h.in(IN + udp(53, 1000), 149.9));
  assert.not(h.in(IN + udp(53, 1000), 269.9));
  h.out(OUT + udp(1000, 53), 300);
  assert.not(h.in(IN + udp(53, 1000), 330));
});

test('ICMP: echoes by their identifier, 30 s', () => {
  const h = new Hosts();
  assert.ok(h.out(`${OUT}/icmp(type=8,ident=7)`));
  assert.not(h.in(`${IN}/icmp(type=0,ident=8)`));
  assert.ok(h.in(`${IN}/icmp(type=0,ident=7)`, 29));
  assert.not(h.in(`${IN}/icmp(type=0,ident=7)`, 59));
});

/** An ICMP error about a packet. */
const about = (head: string, inner: string): string => `${head}/data(hex=${Buffer.from(build(inner)).toString('hex')})`;

test('an ICMP error about a flow passes, about anything else not', () => {
  const h = new Hosts();
  h.out(OUT + udp(1000, 53));
  assert.ok(h.in(about('ip(src=10.0.2.1,dst=10.0.1.9)/icmp(type=3,code=3)', OUT + udp(1000, 53))));
  assert.not(h.in(about('ip(src=10.0.2.1,dst=10.0.1.9)/icmp(type=3,code=3)', OUT + udp(1001, 53))));
  assert.not(h.in(about('ip(src=10.0.2.1,dst=10.0.1.9)/icmp(type=5,code=1)', OUT + udp(1000, 53))));
  h.out(OUT6 + udp(1000, 53));
  assert.ok(h.in(about('ipv6(src=2001:db8:2::1,dst=2001:db8:1::9)/icmpv6(type=2)', OUT6 + udp(1000, 53))));
  assert.not(h.in(about('ipv6(src=2001:db8:2::1,dst=2001:db8:1::9)/icmpv6(type=2)', OUT6 + udp(1000, 54))));
});

test('fragments are of no flow', () => {
  const h = new Hosts();
  h.out(OUT + udp(1000, 53));
  assert.not(h.in('ip(src=10.0.2.9,dst=10.0.1.9,mf=1)' + udp(53, 1000)));
  assert.not(h.in('ip(src=10.0.2.9,dst=10.0.1.9,frag_offset=5)' + udp(53, 1000)));
  assert.ok(h.out('ip(src=10.0.1.9,dst=10.0.2.9,mf=1)' + udp(1000, 53)));
});

test('a rule takes its flows along when it expires', () => {
  const h = new Hosts();
  assert.ok(h.out(OUT + udp(1000, 53), 3590));
  assert.ok(h.in(IN + udp(53, 1000), 3599.999));
  assert.not(h.in(IN + udp(53, 1000), 3600));
});

test('packets of a flow count at its rule', () => {
  const h = new Hosts();
  h.out(OUT + tcp(1000, 80, SYN));
  h.in(IN + tcp(80, 1000, SYN | ACK));
  const rows = listRules(h.b.network.switches[0]!.built).filter(r => r.packets > 0n);
  assert.equal(rows.map(r => [r.group, r.rule, r.packets, r.bytes]), [['client', 1, 2n, 80n]]);
});

test('times of the file, and a table that is full', () => {
  const h = new Hosts('conntrack: {size: 8, tcp: 10s, udp: 5s}');
  h.out(OUT + udp(1000, 53));
  h.in(IN + udp(53, 1000), 1);
  assert.not(h.in(IN + udp(53, 1000), 6));
  for (let i = 0; i < 500; i++) assert.ok(h.out(OUT + udp(2000 + i, 53), 10));
  const { flows, evicted } = listFlows(h.b.network.switches[0]!.built);
  assert.ok(flows.length >= 8 && flows.length <= 128, `${flows.length} flows`);
  assert.is(Number(evicted), 500 - flows.length);
});

test.run();
