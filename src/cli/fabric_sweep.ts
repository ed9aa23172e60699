// fabric_sweep.ts -- `weft fabric sweep`: a grid of runs over threads.
//
//   DIR/points/<hash>.json   a point, written when it is done
//   DIR/sweep.json           all points that are there, in the grid's order

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { InvalidArgumentError } from 'commander';
import { formatSeconds, formatShare } from '../fabric/format.ts';
import type { Result } from '../fabric/results.ts';
import { Scenario } from '../fabric/scenario.ts';
import type { BalanceName } from '../fabric/simulation.ts';
import { gridOf, parseSetting, type Point, type Setting, type Shard, shardOf } from '../fabric/sweep.ts';
import { EXIT, systemWords, WeftError } from '../kernel/errors.ts';
import type { Answer, Job } from './fabric_worker.ts';
import { grouped } from './numbers.ts';
import { table } from './table.ts';
import type { Talk } from './talk.ts';
import { VERSION } from './version.ts';

export interface SweepFlags { readonly set?: readonly Setting[]; readonly workers?: number; readonly shard?: Shard; readonly out?: string; readonly until?: number }
interface Done { readonly set: Point['set']; readonly balance: BalanceName; readonly seed: number; readonly hash: string; readonly result: Result }

const WORKERS_MAX = 256;
/** Points shown to people; sweep.json has all. */
const SHOWN_MAX = 50;

/** `--set` may come several times. */
export const setting = (text: string, before: readonly Setting[] = []): readonly Setting[] => [...before, parseSetting(text)];

export function workers(text: string): number {
  const n = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (n < 1 || n > WORKERS_MAX) throw new InvalidArgumentError(`Expected 1 to ${WORKERS_MAX} threads.`);
  return n;
}

export function shard(text: string): Shard {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (index === undefined || Number(index) < 1 || Number(index) > Number(of)) throw new InvalidArgumentError('Expected a part and how many there are, as in 2/8.');
  return { index: Number(index), of: Number(of) };
}

/** @returns exit code */
export async function sweepFabric(scenario: Scenario, balances: readonly BalanceName[], seeds: readonly number[], flags: SweepFlags & { readonly memory: number }, signal: AbortSignal, talk: Talk): Promise<number> {
  if (flags.out === undefined) throw new WeftError(EXIT.usage, 'fabric sweep needs --out, the folder that its points are put into');
  const { name, text } = scenario.file, points = gridOf(text, flags.set ?? [], balances, seeds, flags.until, own => `${VERSION} ${new Scenario(name, own).digest}`);
  const store = new Store(flags.out), mine = flags.shard ? shardOf(points, flags.shard) : points, open = mine.filter(p => store.read(p) === undefined);
  if (open.length < mine.length) talk.say(`${grouped(mine.length - open.length)} of ${grouped(mine.length)} points are there from before`);
  await runPoints(open, { name, until: flags.until, memory: flags.memory }, Math.min(flags.workers ?? availableParallelism(), open.length), store, signal, talk);
  const done = points.flatMap(p => store.read(p) ?? []), missing = points.length - done.length, code = signal.aborted ? EXIT.interrupted : EXIT.ok;
  store.write('sweep.json', { name: scenario.config.name ?? null, file: name, points: done, missing });
  if (talk.json) talk.document({ code, points: done, missing, meta: { weft: VERSION, node: process.version } });
  else if (!talk.quiet) print(done, missing, talk);
  if (signal.aborted) talk.error('interrupted', 'the same command goes on from here');
  return code;
}

/** The folder of a sweep. */
class Store {
  constructor(readonly path: string) {
    this.#try(() => mkdirSync(join(path, 'points'), { recursive: true }));
  }

  read(p: Point): Done | undefined {
    try {
      return JSON.parse(readFileSync(this.#file(p), 'utf8')) as Done;
    } catch {
      return undefined; // not there, or of another make: it is run again
    }
  }

  put({ text: _, ...p }: Point, result: object): void {
    this.write(join('points', `${p.hash}.json`), { ...p, result });
  }

  /** All of it or nothing is there, whenever the power goes. */
  write(name: string, value: object): void {
    this.#try(() => {
      const path = join(this.path, name), half = `${path}.${process.pid}.part`;
      writeFileSync(half, `${JSON.stringify(value, null, 2)}\n`);
      renameSync(half, path);
    });
  }

  #file(p: Point): string { return join(this.path, 'points', `${p.hash}.json`); }

  #try(act: () => void): void {
    try {
      act();
    } catch (e) {
      throw new WeftError(EXIT.usage, `cannot write ${this.path}: ${systemWords(e)}`);
    }
  }
}

/** Threads take points in order, each the next when it is done. */
async function runPoints(points: readonly Point[], job: Omit<Job, 'point'>, threads: number, store: Store, signal: AbortSignal, talk: Talk): Promise<void> {
  let next = 0, done = 0;
  const thread = async () => {
    // Beside this module when bundled.
    const worker = new Worker(new URL('fabric_worker.js', import.meta.url)), stop = () => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (next < points.length && !signal.aborted) {
        const point = points[next++]!, answer = await ask(worker, { ...job, point });
        if (answer === undefined) return;
        if ('error' in answer) throw new WeftError(answer.code ?? EXIT.internal, `${pointName(point)}: ${answer.error}`);
        store.put(point, answer.result);
        talk.progress(`${grouped(++done)} of ${grouped(points.length)} points`);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      await worker.terminate();
    }
  };
  try {
    await Promise.all(Array.from({ length: threads }, thread));
  } finally {
    talk.progress('');
  }
}

/** @returns undefined when the thread was ended */
function ask(worker: Worker, job: Job): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const settle = () => { worker.off('message', answered).off('error', failed).off('exit', ended); };
    const answered = (answer: Answer) => { settle(); resolve(answer); }, failed = (e: Error) => { settle(); reject(e); }, ended = () => { settle(); resolve(undefined); };
    worker.on('message', answered).on('error', failed).on('exit', ended).postMessage(job);
  });
}

const pointName = (p: Pick<Point, 'set' | 'balance' | 'seed'>): string => [...Object.entries(p.set).map(([key, value]) => `${key}=${String(value)}`), p.balance, `seed ${p.seed}`].join(', ');

function print(done: readonly Done[], missing: number, talk: Talk): void {
  const { dim } = talk.colors, right = (title: string) => ({ title, right: true }), keys = Object.keys(done[0]?.set ?? {});
  const rows = done.slice(0, SHOWN_MAX).map(({ set, balance, seed, result: r }) => [...keys.map(key => String(set[key])), balance, String(seed), `${r.completed}/${r.messages}`, formatSeconds(r.completion.max), formatSeconds(r.completion.p99), formatShare(r.utilisation.busiestStage)]);
  if (rows.length > 0) for (const line of table([...keys.map(right), { title: 'balance' }, ...['seed', 'done', 'completion', 'p99', 'busiest stage'].map(right)], rows, (cell, _, row) => (row < 0 ? dim(cell) : cell))) talk.out(line);
  if (done.length > SHOWN_MAX) talk.out(dim(`and ${grouped(done.length - SHOWN_MAX)} more in sweep.json`));
  if (missing > 0) talk.say(`${grouped(missing)} points of the grid are not there yet`);
}
