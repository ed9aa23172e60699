// fault.ts -- where a capture stops being one.

/** What was readable before `offset` has been delivered. */
export interface Fault {
  readonly path: string;
  /** First byte of the record, block or field that is wrong, counted in the (uncompressed) capture. */
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
}

/** The fault as one line. */
export const faultText = ({ path, offset, expected, found }: Fault): string => `${path}: byte ${offset}: expected ${expected}, found ${found}`;
