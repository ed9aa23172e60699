// checkpoint.ts -- a run that is not over, in a file.
//
//   line of JSON | gzip of the kernels' memory, from 0 to what is in use |
//
// What the host knows beside that memory follows from the fabric file and from
// how much of its agenda is done; so it is done again, and the memory put over
// it. That only fits the same file, balance, seed and version.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ABI_VERSION } from '../../assembly/abi/packet.ts';
import { EXIT, systemWords, WeftError } from '../kernel/errors.ts';
import type { Kernels } from '../kernel/kernels.ts';

/** What a checkpoint fits. */
export interface Identity { readonly weft: string; readonly abi: number; readonly sha256: string; readonly balance: string; readonly seed: number }

export interface Checkpoint {
  /** Entries of the agenda that are done. */
  readonly done: number;
  readonly memory: Uint8Array;
}

const WORDS: Record<keyof Identity, string> = { weft: 'another version of weft', abi: 'other kernels', sha256: 'another fabric file', balance: 'another balance', seed: 'another seed' };
/** Fast: memory is mostly zeros. */
const LEVEL = 1;

/** @param digest of the scenario @param version of weft */
export const identityOf = (digest: string, balance: string, seed: number, version: string): Identity => ({ weft: version, abi: ABI_VERSION, sha256: digest, balance, seed });

/** @throws WeftError when it cannot be written */
export function writeCheckpoint(path: string, k: Kernels, identity: Identity, done: number): void {
  try {
    writeFileSync(`${path}.part`, Buffer.concat([Buffer.from(`${JSON.stringify({ ...identity, done })}\n`), gzipSync(k.bytes.subarray(0, k.used), { level: LEVEL })]));
    renameSync(`${path}.part`, path);
  } catch (e) {
    throw new WeftError(EXIT.usage, `cannot write ${path}: ${systemWords(e)}`);
  }
}

/** @returns undefined when there is no such file @throws WeftError for one of another run, and for what is none */
export function readCheckpoint(path: string, identity: Identity): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  let head: Identity & { done: number }, memory: Uint8Array;
  try {
    const bytes = readFileSync(path), end = bytes.indexOf(10);
    head = JSON.parse(bytes.toString('utf8', 0, end)) as typeof head;
    memory = gunzipSync(bytes.subarray(end + 1));
  } catch (e) {
    throw new WeftError(EXIT.input, `${path} is no checkpoint, or a damaged one: ${systemWords(e)}`, 'begin anew without it');
  }
  const other = (Object.keys(WORDS) as (keyof Identity)[]).find(key => head[key] !== identity[key]);
  if (other) throw new WeftError(EXIT.usage, `${path} is of ${WORDS[other]}`, 'begin anew without it');
  return { done: head.done, memory };
}

/** Put memory back. @throws WeftError when it was laid out otherwise */
export function restore(k: Kernels, { memory }: Checkpoint): void {
  if (memory.length !== k.used) throw new WeftError(EXIT.usage, `the checkpoint has ${memory.length} bytes of memory, the run ${k.used}`, 'begin anew without it');
  k.bytes.set(memory);
}
