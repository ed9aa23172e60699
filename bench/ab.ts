// ab.ts -- two builds of the kernels against each other, and node by node.
//
//     tsx bench/ab.ts OLD.wasm hot|cold PIPELINE...
//
// Old, new (build/kernels.wasm) and the C twin take turns in short rounds of
// one process; what stands in a row are lower quartiles, which load on the
// machine moves least. The second part steps through the graph with a clock
// around each node: without the plain path, then, and dearer by the clock.

import { readFileSync } from 'node:fs';
import { VEC_MAX } from '../assembly/abi/packet.ts';
import { Kernels, type Sizes } from '../src/kernel/kernels.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { Bench, type SetName } from './measure.ts';
import { pipelines } from './pipelines/index.ts';
import { buildTwins, loadTwins } from './twins.ts';

const [file = '', set = 'hot', ...names] = process.argv.slice(2);
/** Rounds in which all take turns, and passes of each in a row: predictors are warm, as in a long run. */
const ROUNDS = { hot: 60, cold: 12 }[set as SetName], PASSES = { hot: 10, cold: 1 }[set as SetName];
loadKernels({ memory: 64 * 2 ** 20, small: 16, jumbo: 1, huge: 1 }); // sets V8's flags
const old = new WebAssembly.Module(readFileSync(file));
const twins = buildTwins() === '' ? loadTwins() : undefined;

const quartile = (v: readonly number[]): number => v.toSorted((a, b) => a - b)[v.length >> 2]!;
const median = (v: readonly number[]): number => v.toSorted((a, b) => a - b)[v.length >> 1]!;

function timed(f: () => void): number {
  const start = process.hrtime.bigint();
  f();
  return Number(process.hrtime.bigint() - start);
}

/** Nanoseconds a packet: the lower quartile of some passes in a row. */
function passes(b: Bench, run: () => void): number {
  return quartile(Array.from({ length: PASSES }, () => {
    b.restore();
    return timed(run) / b.count;
  }));
}

/** Nanoseconds a packet by node. */
function nodes(b: Bench): Map<string, number> {
  const { graph, at: sw } = b.network.switches[0]!, entry = graph.index('ethernet_input'), spent = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS * PASSES; round++) {
    const now = new Map<string, number>();
    b.restore();
    for (let at = 0; at < b.count; at += VEC_MAX) {
      b.k.fn['graph_input']!(sw, entry, b.handles + at * 4, Math.min(VEC_MAX, b.count - at));
      for (;;) {
        let step = 0;
        const ns = timed(() => { step = b.k.fn['graph_step']!(sw); });
        if (step === 0) break;
        const name = graph.names[step - 1]!;
        now.set(name, (now.get(name) ?? 0) + ns / b.count);
      }
      b.clear();
    }
    if (round > ROUNDS * PASSES / 10) for (const [name, ns] of now) spent.set(name, [...(spent.get(name) ?? []), ns]);
  }
  return new Map([...spent].map(([name, all]) => [name, quartile(all)]));
}

for (const name of names) {
  const p = pipelines[name]!(), a = await new Bench(p, set as SetName, (s: Sizes) => new Kernels(old, s)).fill(), b = await new Bench(p, set as SetName).fill();
  const twin = twins && p.twin?.(b.k);
  for (const x of [a, b]) x.check();
  if (twin) b.compare(twins, twin);
  const ns: number[][] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    const one = [() => passes(a, () => void a.weft()), () => passes(b, () => void b.weft())];
    if (twin) one.push(() => passes(b, () => twins.run(b.k.bytes.buffer, twin.id, b.frames, b.count, ...twin.tables)));
    one.forEach((f, i) => ns[i]!.push(f()));
  }
  const [before, after, c] = ns.map(v => (v.length > 0 ? quartile(v) : Number.NaN)) as [number, number, number];
  const gain = median(ns[0]!.map((v, i) => v / ns[1]![i]!)), ratio = twin ? median(ns[2]!.map((v, i) => v / ns[1]![i]!)) : Number.NaN;
  console.log(`${`${name} ${set}`.padEnd(20)} old ${before.toFixed(1).padStart(6)}  new ${after.toFixed(1).padStart(6)}  gain ${gain.toFixed(2)}  ${twin ? `C ${c.toFixed(1).padStart(5)}  weft/C ${ratio.toFixed(2)}` : 'no C twin'}`);
  const [x, y] = [nodes(a), nodes(b)];
  for (const n of new Set([...x.keys(), ...y.keys()])) console.log(`    ${n.padEnd(18)} ${(x.get(n) ?? 0).toFixed(1).padStart(6)} ${(y.get(n) ?? 0).toFixed(1).padStart(6)}`);
}
