// reader.ts -- quantities of a fabric file: what is wrong is collected, each with
// its place, and reading goes on with something harmless.

import { ConfigError, type Path, type YamlFile } from '../switch/file.ts';
import { parseRate, parseSize, parseTime, QuantityError } from '../switch/quantity.ts';
import { TextFile } from './text_file.ts';
import { type Bundle, FIBRE_PS_PER_METRE } from './topology.ts';

/** Links in a bundle at most. */
const MEMBERS_MAX = 256;

export class Reader {
  readonly faults: string[] = [];
  /** Texts of the files that were read besides, by name as the fabric file has it. */
  readonly files = new Map<string, string>();

  constructor(readonly file: YamlFile) {}

  fault(path: Path, message: string, key = false): void {
    this.faults.push(this.file.fault(path, message, key));
  }

  #quantity(read: (text: string) => bigint, text: string, path: Path): number {
    try {
      return Number(read(text));
    } catch (e) {
      if (!(e instanceof QuantityError)) throw e;
      this.fault(path, e.message);
      return 1;
    }
  }

  /** Picoseconds. */
  time(text: string | undefined, otherwise: string, path: Path): number { return this.#quantity(parseTime, text ?? otherwise, path); }
  /** Bytes. */
  size(text: string | undefined, otherwise: string, path: Path): number { return this.#quantity(parseSize, text ?? otherwise, path); }

  /** Bit/s, above 0. */
  rate(text: string, path: Path): number {
    const rate = this.#quantity(parseRate, text, path);
    if (rate === 0) this.fault(path, 'a link of 0 bit/s carries nothing');
    return Math.max(1, rate);
  }

  /** `800G`, or `80x800G`: so many links side by side. @param delay picoseconds of each */
  bundle(text: string, delay: number, path: Path): Bundle {
    const [, count = '1', rate = text] = /^(\d+)x(.*)$/.exec(text) ?? [], members = Number(count);
    if (members < 1 || members > MEMBERS_MAX) this.fault(path, `a bundle has 1 to ${MEMBERS_MAX} links, not ${count}`);
    return { members: Math.min(MEMBERS_MAX, Math.max(1, members)), rate: this.rate(rate, path), delay };
  }

  /** Picoseconds that `50m` or `2km` take. */
  delay(length: string, psPerMetre = FIBRE_PS_PER_METRE): number {
    return Math.round(Number.parseFloat(length) * (length.endsWith('km') ? 1000 : 1) * psPerMetre);
  }

  /** A file named here, by its path from this one. @throws what its reader does, with its own places */
  text(name: string): TextFile {
    const file = new TextFile(this.file.resolve(name));
    this.files.set(name, file.text);
    return file;
  }

  /** Do it; faults in another file join these. */
  collect<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (e) {
      if (!(e instanceof ConfigError)) throw e;
      this.faults.push(...e.faults);
      return undefined;
    }
  }
}
