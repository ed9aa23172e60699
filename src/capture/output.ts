// output.ts -- where a capture goes: a file, or standard output.

import { closeSync, openSync, writeSync } from 'node:fs';
import { EXIT, systemWords, WeftError } from '../kernel/errors.ts';

export interface Output {
  /** @returns false when the reader at the other end has gone */
  write(bytes: Uint8Array): boolean;
  close(): void;
}

const STDOUT = 1;
/** Milliseconds between tries at a pipe that is full. */
const RETRY = 1;

/** Open a file for writing, `-` for standard output. @throws WeftError, exit code 2, when it cannot be */
export function openOutput(path: string): Output {
  if (path === '-') return new FileOutput(path, STDOUT);
  try {
    return new FileOutput(path, openSync(path, 'w'));
  } catch (e) {
    throw new WeftError(EXIT.usage, `cannot write ${path}: ${systemWords(e)}`);
  }
}

class FileOutput implements Output {
  constructor(readonly path: string, readonly fd: number) {}

  write(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(this.fd, bytes, at);
      } catch (e) {
        const { code } = e as NodeJS.ErrnoException;
        if (code === 'EPIPE') return false;
        if (code !== 'EAGAIN') throw new WeftError(EXIT.failed, `cannot write ${this.path === '-' ? 'to standard output' : this.path}: ${systemWords(e)}`);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY);
      }
    }
    return true;
  }

  close(): void {
    if (this.fd !== STDOUT) closeSync(this.fd);
  }
}
