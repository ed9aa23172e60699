// fabric_diff.ts -- `weft fabric diff A B`: what differs between two runs, and
// by how much.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Difference, diffResults, isResult, type ResultDocument } from '../fabric/diff.ts';
import { EXIT, systemWords, WeftError } from '../kernel/errors.ts';
import { table } from './table.ts';
import type { Talk } from './talk.ts';

interface Side { readonly result: ResultDocument; /** The fabric file of a run folder. */ readonly text: string | undefined }

/** @param a @param b run folder, or result.json @returns exit code: 1 when they differ */
export function diffFabrics(a: string, b: string, talk: Talk): number {
  const [left, right] = [read(a), read(b)], differences = diffResults(left.result, right.result), inputs = left.text === undefined || right.text === undefined ? null : left.text === right.text;
  const code = differences.length > 0 ? EXIT.failed : EXIT.ok;
  if (talk.json) talk.document({ code, sameFile: inputs, differences });
  else if (!talk.quiet) print(differences, inputs, talk);
  return code;
}

function read(path: string): Side {
  try {
    const folder = statSync(path).isDirectory(), file = folder ? join(path, 'result.json') : path, result: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isResult(result)) throw new WeftError(EXIT.input, `${file} is no result of a fabric run`, 'weft fabric run --out writes one, --json prints one');
    return { result, text: folder ? readFileSync(join(path, 'fabric.yaml'), 'utf8') : undefined };
  } catch (e) {
    if (e instanceof WeftError) throw e;
    throw new WeftError(EXIT.input, `cannot read ${path}: ${e instanceof SyntaxError ? 'it is not JSON' : systemWords(e)}`);
  }
}

function print(differences: readonly Difference[], sameFile: boolean | null, talk: Talk): void {
  const { dim } = talk.colors, right = (title: string) => ({ title, right: true });
  if (sameFile === false) talk.out('the fabric files are not the same\n');
  if (differences.length === 0) {
    talk.out('all figures are the same');
    return;
  }
  const value = (v: number | string | null) => (v === null ? '-' : typeof v === 'number' ? String(Number(v.toPrecision(7))) : v);
  const rows = differences.map(d => [d.run, d.figure, value(d.a), value(d.b), value(d.by), d.share === null ? '-' : `${d.share > 0 ? '+' : ''}${(d.share * 100).toFixed(1)} %`]);
  for (const line of table([{ title: 'run' }, { title: 'figure' }, right('a'), right('b'), right('b - a'), right('change')], rows, (cell, _, row) => (row < 0 ? dim(cell) : cell))) talk.out(line);
}
