// progress.ts -- how far a run is, on a terminal.

import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { CaptureReader } from '../capture/reader.ts';
import { grouped, secondsText } from './numbers.ts';
import type { Talk } from './talk.ts';

/** Milliseconds between two looks at signals and the terminal. */
const INTERVAL = 100;
/** What a record takes in the file beside its packet, bytes: of pcap, and of pcapng at least. */
const RECORD = { pcap: 16, pcapng: 32 };

export class Progress {
  readonly #start = performance.now();
  /** Bytes to read in all; undefined where nobody knows (pipes, gzip). */
  readonly #total: number | undefined;
  readonly #limit: number | undefined;
  readonly #record: number;
  #next = INTERVAL;

  constructor(readonly talk: Talk, readonly reader: CaptureReader, { read, loop = 1, limit }: { read: string; loop?: number; limit?: number }) {
    const stat = read === '-' ? undefined : statSync(read, { throwIfNoEntry: false });
    this.#total = stat?.isFile() && !read.endsWith('.gz') ? stat.size * loop : undefined;
    this.#limit = limit;
    this.#record = read.endsWith('.pcapng') ? RECORD.pcapng : RECORD.pcap;
  }

  /** Whether it is time to show() again. */
  due(): boolean { return performance.now() - this.#start >= this.#next; }

  /** Draw, and let signals in. */
  async show(entered: number): Promise<void> {
    const seconds = (performance.now() - this.#start) / 1000;
    this.#next = seconds * 1000 + INTERVAL;
    const done = this.#done(entered), rate = `${grouped(entered)} packets, ${grouped(Math.round(entered / seconds))}/s`;
    this.talk.progress(done === undefined ? rate : `${rate}, ${Math.floor(done * 100)} %, ${secondsText(seconds / done - seconds)} to go`);
    await setImmediate();
  }

  clear(): void { this.talk.progress(''); }

  /** Part of the run that is done, 0 to 1. */
  #done(entered: number): number | undefined {
    const { packets, bytes } = this.reader;
    const parts = [this.#total && (bytes + packets * this.#record) / this.#total, this.#limit && entered / this.#limit].filter(p => p !== undefined);
    return parts.length > 0 ? Math.min(1, Math.max(...parts)) : undefined;
  }
}
