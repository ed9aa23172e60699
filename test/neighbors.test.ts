// neighbors.test.ts -- next hops that packets teach: what waits, what is asked
// and when, what is forgotten, and that no packet is lost on the way.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Switch as Sw } from '../assembly/abi/switch.ts';
import { IP_PROTOCOL } from '../assembly/wire/ip.ts';
import { ConfigError } from '../src/switch/file.ts';
import { listNeighbors } from '../src/switch/neighbors.ts';
import { build } from '../src/wire/build.ts';
import { checksum, pseudoSum } from '../src/wire/checksum.ts';
import { dissect, values } from '../src/wire/dissect.ts';
import { BenchSwitch, type Outcome } from './bench_switch.ts';

const SECOND = 10n ** 12n, E1 = '02:00:00:00:01:01', E2 = '02:00:00:00:01:02', HOST = '02:00:00:00:00:77';
const router = (more: string) => `
ports:
  e1: {address: 10.0.1.1/24}
  e2: {address: [10.0.2.1/24, "2001:db8:2::1/64"]}
neighbors:
  - {address: 10.0.1.9, mac: 02:00:00:00:00:09, port: e1}
${more}`;

class Run {
  readonly b: BenchSwitch;
  #id = 0;
  in = 0;
  out = 0;
  dropped = 0;
  constructor(yaml: string) {
    this.b = new BenchSwitch(router(yaml));
  }
  send(port: string, time: bigint, ...texts: string[]): Outcome {
    const outcome = this.b.send(texts.map(t => ({ port, time, bytes: build(t), id: ++this.#id })));
    this.in += texts.length;
    this.out += outcome.sent.length;
    this.dropped += outcome.visits.filter(v => v.edge === 'drop').length;
    return outcome;
  }
  get sw(): number {
    return this.b.network.switches[0]!.at;
  }
  get held(): number {
    return this.b.k.view.getUint32(this.sw + Sw.HELD, true);
  }
  get rows(): ReturnType<typeof listNeighbors> {
    return listNeighbors(this.b.network.switches[0]!.built);
  }
  /** in + originated + copies = out + dropped + consumed + held. */
  balance(): void {
    const count = (field: Sw) => Number(this.b.k.view.getBigUint64(this.sw + field, true));
    assert.is(this.in + count(Sw.ORIGINATED) + count(Sw.COPIES), this.out + this.dropped + count(Sw.CONSUMED) + this.held, 'conservation');
  }
}

const to = (host: number, ident = 1) => `eth(src=02:00:00:00:00:09,dst=${E1})/ip(src=10.0.1.9,dst=10.0.2.${host},ttl=64)/icmp(ident=${ident})`;
const arp = (op: string, from: number, target: number, dst = E2) => `eth(src=${HOST},dst=${dst})/arp(op=${op},sha=${HOST},spa=10.0.2.${from},tpa=10.0.2.${target})`;
const seen = (bytes: Uint8Array, field: string) => values(dissect(bytes), field).join();
const reasons = (o: Outcome) => o.visits.filter(v => v.edge === 'drop').map(v => v.drop).join();

test('packets wait for the answer and leave in order, at its time', () => {
  const r = new Run('unresolved: queue');
  const asked = r.send('e1', SECOND, to(7, 1), to(7, 2), to(7, 3));
  assert.is(asked.sent.map(s => `${s.port} ${seen(s.bytes, 'arp.opcode')} ${seen(s.bytes, 'arp.dst.proto_ipv4')}`).join(), 'e2 1 10.0.2.7');
  assert.is(r.held, 3);
  r.balance();
  const answered = r.send('e2', 2n * SECOND, arp('reply', 7, 1));
  assert.equal(answered.sent.map(s => [s.port, seen(s.bytes, 'icmp.ident'), seen(s.bytes, 'eth.dst'), s.time]), ['1', '2', '3'].map(ident => ['e2', ident, HOST, 2n * SECOND]));
  assert.is(r.held, 0);
  assert.is(r.send('e1', 3n * SECOND, to(7, 4)).sent.length, 1);
  r.balance();
});

/** The advertisement that answers a solicitation: type, flags, option kind, addresses and checksum differ. */
function advertisement(question: Uint8Array): Uint8Array {
  const na = question.slice(), mac = Buffer.from(HOST.replace(/:/g, ''), 'hex');
  na.set(question.subarray(6, 12), 0);
  na.set(mac, 6);
  na.set(question.subarray(22, 38), 38);
  na.set(question.subarray(62, 78), 22);
  na.set([136, 0, 0, 0, 0x60, 0, 0, 0], 54);
  na.set([2, 1, ...mac], 78);
  const field = checksum(na.subarray(54), pseudoSum(na.subarray(22, 38), na.subarray(38, 54), IP_PROTOCOL.ICMPV6, 32));
  na.set([field >> 8, field & 255], 56);
  return na;
}

test('an IPv6 destination is solicited, and advertises itself', () => {
  const r = new Run('unresolved: queue');
  const six = `eth(src=02:00:00:00:00:09,dst=${E1})/ipv6(src=2001:db8:1::9,dst=2001:db8:2::7)/udp(dstport=53)`;
  const [question] = r.send('e1', 0n, six).sent;
  assert.is(seen(question!.bytes, 'icmpv6.nd.ns.target_address'), '2001:db8:2::7');
  const { sent } = r.b.send([{ port: 'e2', time: SECOND, bytes: advertisement(question!.bytes), id: 50 }]);
  assert.is(sent.map(s => `${seen(s.bytes, 'eth.dst')} ${seen(s.bytes, 'ipv6.dst')}`).join(), `${HOST} 2001:db8:2::7`);
  assert.is(r.held, 0);
});

test('IPv4 packets wait for an IPv6 gateway, and leave as IPv4 (RFC 8950)', () => {
  const r = new Run('routes: [{to: 10.6.0.0/16, via: "fe80::9", port: e2}]\nunresolved: queue');
  const packet = `eth(src=02:00:00:00:00:09,dst=${E1})/ip(src=10.0.1.9,dst=10.6.0.7,ttl=9)/udp(dstport=53)`;
  const [question] = r.send('e1', 0n, packet).sent;
  assert.is(seen(question!.bytes, 'icmpv6.nd.ns.target_address'), 'fe80::9');
  const { sent } = r.b.send([{ port: 'e2', time: SECOND, bytes: advertisement(question!.bytes), id: 50 }]);
  assert.equal(sent.map(s => Buffer.from(s.bytes).toString('hex')), [Buffer.from(build(packet.replace('02:00:00:00:00:09', E2).replace(E1, HOST).replace('ttl=9', 'ttl=8'))).toString('hex')]);
});

test('the hosts of a bridge are asked through it, and answer to its own interface', () => {
  const b = new BenchSwitch(`
ports: {e1: {access: 10}, e2: {access: 10}, e3: {address: 192.0.2.1/24}}
bridges: {office: {vlan: 10, address: 10.0.10.1/24, mac: 02:00:00:00:10:01}}
unresolved: queue
`);
  const to7 = `eth(src=02:00:00:00:00:09,dst=02:00:00:00:01:03)/ip(src=192.0.2.9,dst=10.0.10.7)/icmp()`;
  const asked = b.send([{ port: 'e3', bytes: build(to7), id: 1 }]).sent;
  assert.equal(asked.map(s => [s.port, seen(s.bytes, 'arp.dst.proto_ipv4'), seen(s.bytes, 'eth.src')]), ['e1', 'e2'].map(port => [port, '10.0.10.7', '02:00:00:00:10:01']));
  const answer = build(`eth(src=${HOST},dst=02:00:00:00:10:01)/arp(op=reply,sha=${HOST},spa=10.0.10.7,tpa=10.0.10.1)`);
  assert.equal(b.send([{ port: 'e2', bytes: answer, id: 2 }]).sent.map(s => [s.port, seen(s.bytes, 'eth.dst'), seen(s.bytes, 'ip.dst')]), [['e2', HOST, '10.0.10.7']]);
  const question = build(`eth(src=${HOST},dst=ff:ff:ff:ff:ff:ff)/arp(op=request,sha=${HOST},spa=10.0.10.7,tpa=10.0.10.1)`);
  assert.equal(b.send([{ port: 'e2', bytes: question, id: 3 }]).sent.filter(s => seen(s.bytes, 'arp.opcode') === '2').map(s => [s.port, seen(s.bytes, 'arp.src.proto_ipv4')]), [['e2', '10.0.10.1']]);
});

test('one question a second', () => {
  const r = new Run('unresolved: queue');
  const questions = [0n, 5n, 9n, 10n, 12n, 20n].map(tenths => r.send('e1', tenths * SECOND / 10n, to(7)).sent.length);
  assert.equal(questions, [1, 0, 0, 1, 0, 1]);
  r.balance();
});

test('who does not answer for three seconds is given up: its packets drop, their senders are told', () => {
  const r = new Run('unresolved: queue');
  r.send('e1', 0n, to(7, 1), to(7, 2));
  const late = r.send('e1', 4n * SECOND, to(7, 3));
  assert.is(reasons(late), 'NEIGHBOR_UNRESOLVED,NEIGHBOR_UNRESOLVED');
  assert.equal(late.sent.map(s => s.port).sort(), ['e1', 'e1', 'e2']); // two errors, a new question
  assert.is(reasons(r.send('e1', 5n * SECOND, to(7, 4))), '', 'which has three seconds of its own');
  assert.is(r.held, 2);
  r.balance();
});

test('packets for one who stays silent do not wait for ever, even when no more come for it', () => {
  const r = new Run('unresolved: queue');
  r.send('e1', 0n, to(7, 1));
  r.send('e1', 10n * SECOND, to(8, 2));
  assert.is(r.held, 1);
  assert.is(r.rows.find(n => n.address === '10.0.2.7')!.held, 0);
  r.balance();
});

test('queues are bounded, one and all together', () => {
  const r = new Run('unresolved: queue\nneighbor_queue: 2');
  assert.is(reasons(r.send('e1', 0n, to(7), to(7), to(7))), 'NEIGHBOR_QUEUE_FULL');
  r.balance();
  const all = new Run('unresolved: queue\nneighbor_queue: 1024');
  for (let i = 0; i < 20; i++) all.send('e1', 0n, ...Array.from({ length: 20 }, (_, n) => to(10 + n)));
  assert.is(all.held, (512 + 64 + 16) / 4);
  all.balance();
});

test('without a queue nobody is asked; who asks us is known', () => {
  const r = new Run('');
  const none = r.send('e1', 0n, to(7));
  assert.is(reasons(none), 'NEIGHBOR_UNRESOLVED');
  // Type and code of the error, then of the packet it quotes.
  assert.equal(none.sent.map(s => `${s.port} ${seen(s.bytes, 'icmp.type')} ${seen(s.bytes, 'icmp.code')}`), ['e1 3,8 1,0']);
  assert.is(r.send('e2', 0n, arp('request', 7, 1, 'ff:ff:ff:ff:ff:ff')).sent.length, 1);
  assert.is(r.send('e1', 0n, to(7)).sent.length, 1);
  assert.is(r.held, 0);
  r.balance();
});

test('a silent neighbour is forgotten after neighbor_age, by packet time', () => {
  const r = new Run('neighbor_age: 30s');
  r.send('e2', 0n, arp('request', 7, 1));
  assert.is(reasons(r.send('e1', 30n * SECOND, to(7))), '');
  assert.equal(r.rows.map(n => n.address), ['10.0.1.9', '10.0.2.7']);
  assert.is(reasons(r.send('e1', 31n * SECOND, to(7))), 'NEIGHBOR_UNRESOLVED');
  assert.equal(r.rows.map(n => n.address), ['10.0.1.9']);
  r.send('e2', 32n * SECOND, arp('request', 7, 1));
  assert.is(reasons(r.send('e1', 40n * SECOND, to(7))), '');
});

test('a full table keeps the living and reuses the forgotten', () => {
  const r = new Run('neighbor_age: 30s\nneighbor_table: 2');
  r.send('e2', 0n, arp('request', 10, 1));
  r.send('e2', 20n * SECOND, arp('request', 11, 1));
  r.send('e2', 21n * SECOND, arp('request', 12, 1));
  const learnt = () => r.rows.filter(n => n.state === 'reachable').map(n => n.address);
  assert.equal(learnt(), ['10.0.2.10', '10.0.2.11']);
  r.send('e2', 40n * SECOND, arp('request', 12, 1));
  assert.equal(learnt(), ['10.0.2.11', '10.0.2.12']);
  assert.is(reasons(r.send('e1', 40n * SECOND, to(12))), '');
  assert.is(reasons(r.send('e1', 40n * SECOND, to(10))), 'NEIGHBOR_UNRESOLVED');
});

test('a static neighbour stays what the file says', () => {
  const r = new Run('');
  r.send('e1', 0n, `eth(src=${HOST},dst=${E1})/arp(op=request,sha=${HOST},spa=10.0.1.9,tpa=10.0.1.1)`);
  assert.equal(r.rows, [{ address: '10.0.1.9', interface: 'e1', state: 'static', held: 0, mac: '02:00:00:00:00:09' }]);
});

test('nobody takes our own addresses', () => {
  const r = new Run('');
  r.send('e2', 0n, arp('request', 1, 1), arp('reply', 1, 1), `eth(src=${HOST},dst=${E2})/arp(op=request,sha=${HOST},spa=10.0.1.1,tpa=10.0.2.1)`);
  assert.equal(r.rows.map(n => n.address), ['10.0.1.9']);
});

test('the list says who is there, since when, and what waits', () => {
  const r = new Run('unresolved: queue');
  r.send('e2', 2n * SECOND, arp('request', 7, 1));
  r.send('e1', 5n * SECOND, to(8));
  assert.equal(r.rows.slice(1), [
    { address: '10.0.2.7', interface: 'e2', state: 'reachable', held: 0, mac: HOST, age: 3n * SECOND },
    { address: '10.0.2.8', interface: 'e2', state: 'incomplete', held: 1, age: 0n },
  ]);
});

test('a queue without `unresolved: queue`, and an age without a unit, are faults', () => {
  for (const [yaml, message] of [['neighbor_queue: 4', /neighbor_queue: nothing is queued/], ['neighbor_age: "30"', /neighbor_age: .*unit/]] as const)
    assert.throws(() => new BenchSwitch(router(yaml)), (e: unknown) => e instanceof ConfigError && message.test(e.message));
});

test.run();
