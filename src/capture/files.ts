// files.ts -- sources under Node: files by whole blocks, pipes and gzip by what
// they give. None holds more than a block.

import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { EXIT, systemWords, WeftError } from '../kernel/errors.ts';
import { type Source, SourceFault } from './source.ts';

const GZIP = [0x1f, 0x8b];
const CHUNK = 2 ** 18;

/**
 * Open a file, a named pipe or `-` for standard input; gzip is recognised by its first bytes.
 * @throws WeftError, exit code 3, when it cannot be opened
 */
export function openSource(path: string): Source {
  if (path === '-') return new ChunkSource(() => inflated(process.stdin), false);
  const { fd, kind } = look(path);
  if (kind === 'plain') return new FileSource(fd);
  if (kind === 'gzip') {
    closeSync(fd);
    return new ChunkSource(() => inflated(createReadStream(path, { highWaterMark: CHUNK })), true);
  }
  return new ChunkSource(() => inflated(createReadStream(path, { fd, highWaterMark: CHUNK })), false);
}

/** Open a path and see what is there; pipes are not read from. */
function look(path: string): { fd: number; kind: 'plain' | 'gzip' | 'pipe' } {
  try {
    const fd = openSync(path, 'r');
    if (fstatSync(fd).isFIFO()) return { fd, kind: 'pipe' };
    const head = new Uint8Array(GZIP.length);
    readSync(fd, head, 0, head.length, 0);
    return { fd, kind: isGzip(head) ? 'gzip' : 'plain' };
  } catch (e) {
    throw new WeftError(EXIT.input, `${path}: ${systemWords(e)}`);
  }
}

/** Plain file. */
class FileSource implements Source {
  #at = 0;
  constructor(readonly fd: number) {}
  read(into: Uint8Array): number {
    try {
      const n = readSync(this.fd, into, 0, into.length, this.#at);
      this.#at += n;
      return n;
    } catch (e) {
      throw new SourceFault('readable bytes', systemWords(e));
    }
  }
  skip(n: number): number {
    const step = Math.max(0, Math.min(n, fstatSync(this.fd).size - this.#at));
    this.#at += step;
    return step;
  }
  rewind(): boolean {
    this.#at = 0;
    return true;
  }
  close(): void {
    closeSync(this.fd);
  }
}

type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

/** Whatever comes in chunks. */
class ChunkSource implements Source {
  #chunks: Chunks;
  #rest = new Uint8Array(0);
  constructor(readonly open: () => Chunks, readonly again: boolean) {
    this.#chunks = open();
  }
  async read(into: Uint8Array): Promise<number> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return 0;
      this.#rest = new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.length);
    }
    const n = Math.min(into.length, this.#rest.length);
    into.set(this.#rest.subarray(0, n));
    this.#rest = this.#rest.subarray(n);
    return n;
  }
  skip(): number {
    return 0;
  }
  rewind(): boolean {
    if (!this.again) return false;
    this.close();
    this.#chunks = this.open();
    this.#rest = new Uint8Array(0);
    return true;
  }
  close(): void {
    // Ends the stream below. What it still wants to say then concerns nobody.
    this.#chunks.return().catch(() => {});
  }
}

/** The chunks of a stream, unzipped when they are gzip. */
async function* inflated(stream: AsyncIterable<Uint8Array>): Chunks {
  const input = stream[Symbol.asyncIterator]();
  let head = new Uint8Array(0);
  while (head.length < GZIP.length) {
    const { value, done } = await nextChunk(input);
    if (done) break;
    head = concat(head, value);
  }
  const all = prefixed(head, input);
  yield* isGzip(head) ? gunzip(all) : all;
}

async function* prefixed(head: Uint8Array, rest: AsyncIterator<Uint8Array>): Chunks {
  try {
    yield head;
    for (let c = await nextChunk(rest); !c.done; c = await nextChunk(rest)) yield c.value;
  } finally {
    await rest.return?.();
  }
}

async function nextChunk(input: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  try {
    return await input.next();
  } catch (e) {
    throw new SourceFault('readable bytes', systemWords(e));
  }
}

/**
 * Unzip. The next chunk goes in when all that the last one gave is out, and the
 * end is only announced then: zlib throws away what is unread when it finds the
 * input cut, and all that precedes the cut is wanted.
 */
async function* gunzip(input: Chunks): Chunks {
  const zip = createGunzip({ chunkSize: CHUNK });
  let failure: Error | undefined, ended = false, busy = false, closing = false, news = false, wake = () => {};
  const signal = () => { news = true; wake(); };
  zip.on('error', e => { failure = e; signal(); }).on('end', () => { ended = true; signal(); }).on('readable', signal);
  try {
    for (;;) {
      news = false;
      const out = zip.read() as Buffer | null;
      if (out) {
        yield out;
        continue;
      }
      if (failure) throw new SourceFault('gzip data to go on', failure.message);
      if (ended) return;
      if (!busy && !closing) {
        const { value, done } = await input.next();
        if (done) {
          closing = true;
          zip.end();
        } else {
          busy = true;
          zip.write(value, () => { busy = false; signal(); });
        }
      }
      if (!news) await new Promise<void>(resolve => { wake = resolve; });
    }
  } finally {
    zip.destroy();
    await input.return();
  }
}

const isGzip = (b: Uint8Array): boolean => b[0] === GZIP[0] && b[1] === GZIP[1];

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
