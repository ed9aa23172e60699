// source.ts -- where the bytes of a capture come from. files.ts has Node's.

export interface Source {
  /**
   * Put bytes at the front of `into`.
   * @returns how many, 0 at the end
   * @throws SourceFault when there should be more but it cannot be had
   */
  read(into: Uint8Array): number | Promise<number>;
  /** Pass over at most `n` bytes unread. @returns how many */
  skip(n: number): number;
  /** Begin again at the first byte. @returns false when the bytes come only once */
  rewind(): boolean;
  close(): void;
}

/** Bytes that cannot be had. */
export class SourceFault extends Error {
  override name = 'SourceFault';
  constructor(readonly expected: string, readonly found: string) {
    super(`expected ${expected}, found ${found}`);
  }
}
