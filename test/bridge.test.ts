// bridge.test.ts -- a bridge against a naive model of it, and order: what
// leaves is the same whatever the size of the vectors.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Switch as Sw } from '../assembly/abi/switch.ts';
import { Fdb } from '../src/kernel/fdb.ts';
import { showFdb } from '../src/switch/fdb.ts';
import { BenchSwitch, type Input } from './bench_switch.ts';
import { random } from './wasm.ts';

const S = 10n ** 12n, AGE = 10n * S;
const PORTS = ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'] as const;
const NO_LEARN = 'e4', NO_FLOOD = 'e3', HORIZON = ['e5', 'e6'];
const CONFIG = `
ports: {e1: , e2: , e3: {flood: false}, e4: {learn: false}, e5: {horizon: 1}, e6: {horizon: 1}}
bridges:
  br:
    age: 10s
    ports: [${PORTS.join(', ')}]
    static: [{mac: 02:00:00:00:00:0f, port: e2}]
`;
const STATIC = '02000000000f';
const BROADCAST = 'ffffffffffff', GROUP = '01005e000001', STP = '0180c2000000', PAUSE = '0180c2000001', NEAREST = '0180c200000f', BEYOND = '0180c2000010';
/** A small pool of buffers makes flooding wait; a large one does not. */
const LARGE = { small: 4096 };

/** The bridge, told as a story. */
class Model {
  readonly #seen = new Map<string, { port: string; time: bigint }>();
  moves = 0;
  /** Highest packet time so far: ageing goes by it. */
  now = 0n;

  /** Ports a frame leaves by, or why it does not. */
  forward(f: Input): string {
    const hex = Buffer.from(f.bytes).toString('hex'), dst = hex.slice(0, 12), src = hex.slice(12, 24), from = f.port!;
    if (f.time! > this.now) this.now = f.time!;
    const now = this.now;
    if (dst.startsWith('0180c200000')) return 'LINK_LOCAL_GROUP';
    if (src === STATIC && from !== NO_LEARN && from !== 'e2') return 'STATIC_MAC_MOVED';
    if (src !== STATIC && from !== NO_LEARN) {
      const known = this.#seen.get(src);
      if (known && known.port !== from && now - known.time < AGE) this.moves++;
      this.#seen.set(src, { port: from, time: now });
    }
    const group = (parseInt(dst.slice(0, 2), 16) & 1) === 1;
    const known = dst === STATIC ? { port: 'e2', time: now } : this.#seen.get(dst);
    if (!group && known && now - known.time < AGE) {
      if (known.port === from) return 'SAME_PORT';
      return HORIZON.includes(known.port) && HORIZON.includes(from) ? 'SPLIT_HORIZON' : known.port;
    }
    const out = PORTS.filter(p => p !== from && p !== NO_FLOOD && !(HORIZON.includes(p) && HORIZON.includes(from)));
    return out.length > 0 ? out.join(' ') : 'NO_MEMBER';
  }
}

/** Frames of a few stations that talk, move and fall silent. */
function traffic(seed: number, count: number): Input[] {
  const next = random(seed), mac = () => `0200000000${(next() % 16).toString(16).padStart(2, '0')}`;
  const special = [BROADCAST, GROUP, STP, PAUSE, NEAREST, BEYOND];
  let time = 0n;
  return Array.from({ length: count }, (_, i) => {
    const kind = next() % 100;
    if (kind === 0) time += AGE + S; // everybody falls silent
    else if (kind < 5) time -= S / 4n; // captures are not always in order
    else time += BigInt(next() % 1000) * S / 1000n;
    if (time < 0n) time = 0n;
    const dst = next() % 8 === 0 ? special[next() % special.length]! : mac();
    const payload = Buffer.alloc(50 + next() % 50, i & 255);
    return { port: PORTS[next() % 6]!, bytes: Buffer.concat([Buffer.from(dst + mac() + '0800', 'hex'), payload]), time, id: i + 1 };
  });
}

/** Feed frames in vectors of `size`, whatever their ports. */
function feed(b: BenchSwitch, frames: readonly Input[], size: number, mark: boolean) {
  const sent = [], visits = [];
  for (let i = 0; i < frames.length; i += size) {
    const outcome = b.run('e1', frames.slice(i, i + size).map(f => b.enter(f, mark)));
    sent.push(...outcome.sent);
    visits.push(...outcome.visits);
  }
  return { sent, visits };
}

const counter = (b: BenchSwitch, field: number): number => Number(b.k.view.getBigUint64(b.network.switches[0]!.at + field, true));
const dropped = (b: BenchSwitch): number => b.network.switches[0]!.graph.drops().reduce((sum, r) => sum + Number(r.packets), 0);

for (const size of [1, 31, 256])
  test(`a bridge of six ports does what the model does, vectors of ${size}`, () => {
    const b = new BenchSwitch(CONFIG, LARGE), model = new Model(), frames = traffic(42, 3000);
    const want = frames.map(f => model.forward(f)), { sent, visits } = feed(b, frames, size, true);
    const out = new Map<number, string[]>();
    for (const s of sent) out.set(s.id, [...(out.get(s.id) ?? []), s.port]);
    const why = new Map(visits.filter(v => v.drop !== '').map(v => [v.id, v.drop]));
    frames.forEach((f, i) => { assert.is(out.get(f.id)?.sort().join(' ') ?? why.get(f.id), want[i], `frame ${f.id} from ${f.port}`); });
    // Every outcome was met.
    for (const outcome of ['LINK_LOCAL_GROUP', 'STATIC_MAC_MOVED', 'SAME_PORT', 'SPLIT_HORIZON']) assert.ok(want.includes(outcome), outcome);
    assert.ok(model.moves > 100);
    for (const s of sent) assert.equal(s.bytes, new Uint8Array(frames[s.id - 1]!.bytes), `frame ${s.id} changed`);
    assert.is(frames.length + counter(b, Sw.COPIES), sent.length + dropped(b));
  });

test('what leaves is the same in vectors of 1, 7 and 256', () => {
  const frames = traffic(7, 2000);
  const runs = [1, 7, 256].map(size => feed(new BenchSwitch(CONFIG, LARGE), frames, size, false).sent.map(s => `${s.id} ${s.port} ${Buffer.from(s.bytes).toString('hex')}`));
  assert.ok(runs[0]!.length > 3000, `${runs[0]!.length}`);
  assert.equal(runs[1], runs[0]);
  assert.equal(runs[2], runs[0]);
  const ids = runs[0]!.map(r => Number(r.split(' ')[0]));
  assert.ok(ids.every((id, i) => i === 0 || id >= ids[i - 1]!), 'arrival order');
});

test('flooding waits for buffers: nothing is lost, nothing overtakes', () => {
  const frames = traffic(9, 1000), tight = new BenchSwitch(CONFIG, { small: 260, jumbo: 1, huge: 1 });
  const text = (b: BenchSwitch) => feed(b, frames, 256, false).sent.map(s => `${s.id} ${s.port}`);
  assert.equal(text(tight), text(new BenchSwitch(CONFIG, LARGE)));
  assert.ok(tight.network.switches[0]!.graph.nodes().find(n => n.node === 'bridge_forward')!.calls > 50n, 'it waited');
});

test('a frame that all buffers of the pool would not do for drops NO_BUFFER, whole; the others pass', () => {
  const b = new BenchSwitch(CONFIG, { small: 3, jumbo: 1, huge: 1 });
  const frame = (dst: string, port: string, id: number) => ({ port, bytes: Buffer.from(`${dst}0200000000010800${'00'.repeat(id)}`, 'hex'), id });
  // Three in flight leave two buffers; a broadcast from e1 takes three, one from e5 two.
  const { sent } = b.run('e1', [frame(BROADCAST, 'e1', 1), frame(BROADCAST, 'e5', 2), frame(STATIC, 'e1', 3)].map(f => b.enter(f, false)));
  assert.equal(sent.map(s => `${s.id} ${s.port}`), ['2 e1', '2 e2', '2 e4', '3 e2']);
  assert.equal(b.network.switches[0]!.graph.drops().map(r => `${r.node} ${r.reason} ${r.packets}`), ['bridge_flood NO_BUFFER 1']);
});

const hex = (text: string): Buffer => Buffer.from(text.replace(/ /g, ''), 'hex');
const mac = (n: number): string => `0600${n.toString(16).padStart(8, '0')}`;

test('showFdb: who is where, since when', () => {
  const b = new BenchSwitch(CONFIG), sw = b.network.switches[0]!;
  const say = (port: string, src: string, seconds: number) => { b.send([{ port, bytes: hex(`${BROADCAST} ${src} 0800`), time: BigInt(seconds) * S, id: 1 }]); };
  const rows = () => showFdb(sw).rows.map(r => `${r.bridge} ${r.mac} ${r.interface} ${r.static ? 'static' : r.age / S}`);
  say('e1', '020000000001', 0);
  say('e2', '020000000002', 3);
  say('e2', STATIC, 3);
  assert.equal(rows(), ['br 02:00:00:00:00:01 e1 3', 'br 02:00:00:00:00:02 e2 0', 'br 02:00:00:00:00:0f e2 static']);
  say('e3', '020000000001', 5);
  assert.equal(rows(), ['br 02:00:00:00:00:01 e3 0', 'br 02:00:00:00:00:02 e2 2', 'br 02:00:00:00:00:0f e2 static']);
  assert.is(showFdb(sw).moved, 1n);
  say('e4', '020000000003', 13); // learns nothing, but time goes on
  assert.equal(rows(), ['br 02:00:00:00:00:01 e3 8', 'br 02:00:00:00:00:0f e2 static']);
  assert.equal(showFdb(new BenchSwitch('ports: {e1: }').network.switches[0]!), { rows: [], moved: 0n, full: 0n });
});

test('a full table learns nothing more until what has aged is swept', () => {
  const b = new BenchSwitch('{mac_table_size: 1000, ports: {e1: , e2: }, bridges: {br: {age: 10s, ports: [e1, e2]}}}'), sw = b.network.switches[0]!;
  const known = (dst: string, time: bigint) => b.send([{ port: 'e2', bytes: hex(`${dst} ${mac(1)} 0800`), time, id: 1 }]).visits.some(v => v.edge === 'iface_output' && v.node === 'bridge_forward');
  const fdb = Fdb.open(b.k, b.k.view.getUint32(sw.at + Sw.FDB, true));
  for (let n = 2; fdb.full === 0n; ) {
    b.send(Array.from({ length: 256 }, () => ({ port: 'e1', bytes: hex(`${BROADCAST} ${mac(n++)} 0800`), id: 1 })), false);
    assert.ok(n < 5000, 'the table has no end');
  }
  assert.ok(showFdb(sw).rows.length >= 1000);
  const late = mac(0xffffffff), say = (time: bigint) => { b.send([{ port: 'e1', bytes: hex(`${BROADCAST} ${late} 0800`), time, id: 1 }], false); };
  say(5n * S);
  assert.not.ok(known(late, 5n * S));
  say(11n * S);
  assert.ok(known(late, 11n * S));
  assert.ok(showFdb(sw).rows.length <= 2);
});

test.run();
