// talk.ts -- the two streams: stdout is data, stderr is talk.

import { writeSync } from 'node:fs';
import pc from 'picocolors';
import { EXIT, systemWords, WeftError } from '../kernel/errors.ts';

const STDOUT = 1, STDERR = 2;
/** Milliseconds between tries at a pipe that is full. */
const RETRY = 1;

export interface Manner { readonly json?: boolean; readonly quiet?: boolean; readonly color?: boolean }
export type Colors = ReturnType<typeof pc.createColors>;

/** stdout was closed by its reader: there is no one left to talk to. */
export class Closed extends Error {
  override name = 'Closed';
}

export class Talk {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Colours for say() and warn(): as the terminal and NO_COLOR, FORCE_COLOR, --no-color have it. */
  readonly errColors: Colors;
  readonly #outColors: Colors;
  #dataToStderr = false;

  constructor({ json = false, quiet = false, color = true }: Manner = {}) {
    this.json = json;
    this.quiet = quiet;
    this.#outColors = pc.createColors(color && colorful(STDOUT));
    this.errColors = pc.createColors(color && colorful(STDERR));
  }

  /** stderr is a terminal that progress may be drawn on. */
  get live(): boolean { return !this.quiet && process.stderr.isTTY === true; }

  /** stdout carries a capture: results go to stderr from now on. */
  yieldStdout(): void { this.#dataToStderr = true; }

  /** Lines of a result. @throws Closed when nobody reads them */
  out(text: string): void { write(this.#dataToStderr ? STDERR : STDOUT, text + '\n'); }

  /** Colours for out(). */
  get colors(): Colors { return this.#dataToStderr ? this.errColors : this.#outColors; }

  /** The result as one JSON document; bigints become numbers. */
  document(value: unknown): void {
    this.out(JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v), 2));
  }

  /** Talk, for people; nothing with --quiet. */
  say(text: string): void { if (!this.quiet) write(STDERR, text + '\n'); }

  /** What a user should know although the run went on; --quiet does not silence it. */
  warn(text: string): void { write(STDERR, `${this.errColors.yellow('warning:')} ${text}\n`); }

  /** Why the run ends. */
  error(message: string, hint: string): void {
    write(STDERR, `${this.errColors.red('weft:')} ${message}\n${hint && `  ${this.errColors.dim(`hint: ${hint}`)}\n`}`);
  }

  /** Replace the line progress is drawn on. */
  progress(text: string): void { if (this.live) write(STDERR, `\r\x1b[K${text}`); }
}

function colorful(fd: number): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return (fd === STDOUT ? process.stdout : process.stderr).isTTY === true && TERM !== 'dumb';
}

/** Write all, at once: the process may end right after. */
function write(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (e) {
      const { code } = e as NodeJS.ErrnoException;
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY);
      else if (code === 'EPIPE' && fd === STDOUT) throw new Closed();
      else if (code === 'EPIPE') return;
      else if (fd === STDERR) return;
      else throw new WeftError(EXIT.failed, `cannot write to standard output: ${systemWords(e)}`);
    }
  }
}
