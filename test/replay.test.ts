// replay.test.ts -- the account of a replay, and rates, below the command line.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Switch } from '../assembly/abi/switch.ts';
import { openCapture } from '../src/capture/open.ts';
import { reportReplay } from '../src/cli/replay_report.ts';
import { Talk } from '../src/cli/talk.ts';
import { type Rate, RatePace, type Wall } from '../src/replay/rate.ts';
import { type ReplayOptions, type ReplayResult, replay } from '../src/replay/replay.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { build } from '../src/wire/build.ts';
import { Bytes, scratchFile, smallKernels } from './capture_files.ts';

const L = new Bytes(false), frame = build('eth(dst=02:00:00:00:01:01)/ip(src=10.0.1.5,dst=10.9.0.1)/udp/data(len=58)');
/** 100 frames of 100 bytes, 1 ms apart, to a switch without a route for them. */
const path = scratchFile('hundred.pcap', L.pcapHeader(), ...Array.from({ length: 100 }, (_, i) => L.pcapRecord(frame, 1000, i * 1000)));

async function run(options: (network: Network) => ReplayOptions): Promise<ReplayResult> {
  const k = smallKernels(), network = new Network(k, new SwitchFile('x.yaml', 'ports: {e1: {address: 10.0.1.1/24}}\nicmp: {rate: 0}')), reader = openCapture(k, path);
  const free = k.fn['pool_free']!(k.pool), result = await replay(network, reader, options(network));
  reader.close();
  assert.is(k.fn['pool_free']!(k.pool), free, 'no buffer is lost');
  return result;
}

test('a packet that one side of the account lacks is unexplained: code 5', async () => {
  assert.is((await run(() => ({}))).unexplained, 0);
  const r = await run(network => ({
    progress() {
      const at = network.switches[0]!.at + Switch.CONSUMED;
      network.k.view.setBigUint64(at, 3n, true);
    },
  }));
  assert.is(r.unexplained, -3);
  const said: string[] = [];
  class Quiet extends Talk {
    override error(message: string): void { said.push(message); }
  }
  const code = reportReplay(r, { read: '', config: '', clamped: 0, seconds: 1, interrupted: false }, new Quiet({ quiet: true }));
  assert.is(code, 5);
  assert.match(said[0]!, /^-3 packets are unexplained/);
});

test('what was read when the signal comes, and never entered, is not counted as in', async () => {
  const stop = new AbortController();
  const r = await run(() => ({
    signal: stop.signal,
    pace: {
      due(_, n) {
        if (n > 60) return 20;
        stop.abort();
        return n;
      },
    },
  }));
  assert.equal([r.in, r.received['e1'], r.unexplained], [{ packets: 40, bytes: 4000 }, { packets: 40, bytes: 4000 }, 0]);
});

/** A wall whose clock moves when somebody sleeps. */
class Dream implements Wall {
  ns = 5n;
  sleeps = 0;
  now(): bigint { return this.ns; }
  async sleep(ms: number): Promise<boolean> {
    this.ns += BigInt(ms) * 1_000_000n;
    this.sleeps++;
    return true;
  }
}

for (const [rate, seconds] of [[{ unit: 'pps', value: 50 }, 99 / 50], [{ unit: 'mbps', value: 0.4 }, 99 * 800 / 0.4e6], [{ unit: 'multiplier', value: 0.1 }, 0.99]] as const satisfies readonly (readonly [Rate, number])[])
  test(`a live run at ${rate.value} ${rate.unit} takes its time and no longer`, async () => {
    const wall = new Dream();
    let pace: RatePace | undefined;
    await run(network => ({ pace: pace = new RatePace(network.k, rate, wall) }));
    const took = Number(wall.ns - 5n) / 1e9;
    assert.ok(took <= seconds && took > seconds - 0.01, `${took} s, expected ${seconds} s`);
    assert.ok(wall.sleeps >= 49, `${wall.sleeps} sleeps: at most two packets at once`);
    assert.is(Number((pace!.last - pace!.first) / 1000n), Math.round(seconds * 1e9));
    assert.ok(Math.abs(pace!.actual! / rate.value - 1) < 0.02, `${pace!.actual}`);
  });

test('a fast live run goes in bursts', async () => {
  const wall = new Dream();
  await run(network => ({ pace: new RatePace(network.k, { unit: 'pps', value: 10_000 }, wall) }));
  assert.ok(wall.sleeps > 0 && wall.sleeps < 20, `${wall.sleeps} sleeps`);
});

test.run();
