// text_file.ts -- a file of lines of words that somebody else's program wrote,
// and faults at a word of it.

import { ConfigError, excerpt, readText } from '../switch/file.ts';

/** A word, where it stands: line and column from 1. */
export interface Word { readonly text: string; readonly line: number; readonly column: number }

export class TextFile {
  readonly text: string;
  readonly #lines: readonly string[];

  /** @param name path as the user gave it */
  constructor(readonly name: string, text?: string) {
    this.text = text ?? readText(name);
    this.#lines = this.text.split(/\r?\n/);
  }

  /** Lines that hold anything, without what a `#` begins, as words between separators. */
  *words(separator = /[^\s]+/g): Generator<readonly Word[]> {
    for (const [i, whole] of this.#lines.entries()) {
      const comment = whole.indexOf('#'), words = [...(comment < 0 ? whole : whole.slice(0, comment)).matchAll(separator)].map(m => ({ text: m[0].trim(), line: i + 1, column: m.index + 1 }));
      if (words.some(w => w.text !== '')) yield words;
    }
  }

  fault({ line, column, text }: Word, message: string): string {
    return excerpt({ file: this.name, line, column }, message, this.#lines[line - 1] ?? '', text.length);
  }

  /** @throws ConfigError, always */
  refuse(word: Word, message: string): never {
    throw new ConfigError([this.fault(word, message)]);
  }

  /** A whole number of at least `least`. */
  number(word: Word, least: number): number {
    const n = Number(word.text);
    if (!/^\d+(\.0*)?$/.test(word.text) || !Number.isSafeInteger(n) || n < least) this.refuse(word, `expected a whole number from ${least}, not "${word.text}"`);
    return n;
  }
}
