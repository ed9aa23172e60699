// folder.ts -- a run on disk: what went in, what came out, and a page to look
// at.
//
//   DIR/fabric.yaml  inputs/  run.json  result.json  report.html
//   DIR/<balance>-<seed>/timeseries.csv  flows.csv  capture.pcapng

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EXIT, systemWords, WeftError } from '../kernel/errors.ts';
import { flowsCsv } from './flows_csv.ts';
import { type Observed, type Page, renderReport } from './report.ts';
import type { Result } from './results.ts';
import { completions, type Sampler, samplesCsv } from './samples.ts';
import type { Scenario } from './scenario.ts';
import type { Simulation } from './simulation.ts';

/** What a run was started with: enough to do it again. */
export interface RunInputs {
  readonly weft: string;
  readonly node: string;
  /** Name of the file as given. */
  readonly file: string;
  /** Arguments behind `weft fabric`. */
  readonly arguments: readonly string[];
}

const INPUTS = 'run.json';

export class RunFolder {
  readonly #points: Observed[] = [];

  /** @throws WeftError when the folder holds something else, or cannot be written */
  constructor(readonly path: string, readonly scenario: Scenario, inputs: RunInputs) {
    this.#try(() => {
      mkdirSync(path, { recursive: true });
      if (readdirSync(path).length > 0 && !existsSync(join(path, INPUTS))) throw new WeftError(EXIT.usage, `${path} is neither empty nor a run folder`, 'choose another --out');
    });
    this.#write('fabric.yaml', scenario.file.text);
    const files = [...scenario.files].map(([name, text], i) => ({ name, copy: `inputs/${i + 1}-${basename(name)}`, text }));
    if (files.length > 0) this.#try(() => mkdirSync(join(path, 'inputs'), { recursive: true }));
    for (const { copy, text } of files) this.#write(copy, text);
    this.#write(INPUTS, json({ ...inputs, files: files.map(({ name, copy }) => ({ name, copy })), sha256: scenario.digest }));
  }

  /** Folder of a point; it is there from now on. */
  point(balance: string, seed: number): string {
    const path = join(this.path, `${balance}-${seed}`);
    this.#try(() => mkdirSync(path, { recursive: true }));
    return path;
  }

  /** A point has ended. */
  add(sim: Simulation, result: Result, sampler: Sampler): void {
    const dir = `${result.balance}-${result.seed}`;
    this.#write(join(dir, 'timeseries.csv'), csv(samplesCsv(sampler)));
    this.#write(join(dir, 'flows.csv'), csv(flowsCsv(sim)));
    this.#points.push({ result, stages: sampler.stages, lines: sampler.lines, samples: sampler.samples, completions: completions(sim) });
  }

  /** Write the result, and the page. @param result document that --json prints */
  finish(result: object, page: Pick<Page, 'title' | 'facts'>): void {
    this.#write('result.json', json(result));
    this.#write('report.html', renderReport({ ...page, text: this.scenario.file.text, points: this.#points }));
  }

  #write(name: string, text: string): void {
    this.#try(() => { writeFileSync(join(this.path, name), text); });
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (e) {
      if (e instanceof WeftError) throw e;
      throw new WeftError(EXIT.usage, `cannot write ${this.path}: ${systemWords(e)}`);
    }
  }
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
const csv = (rows: Iterable<string>): string => `${[...rows].join('\n')}\n`;
