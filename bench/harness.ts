// harness.ts -- alternate the candidates of one comparison and keep medians.
//
// These machines are shared and noisy: absolute numbers move, ratios within
// one run hold. Candidates therefore take turns in every round, and `prepare`
// (putting packets back) is outside the clock.

export interface Candidate {
  readonly name: string;
  prepare(): void;
  /** One pass over all packets. */
  run(): void;
}

export interface Timing {
  readonly name: string;
  /** Nanoseconds a packet. */
  readonly median: number;
  readonly min: number;
  readonly rounds: number;
  /** Speed of the first candidate over this one's: median of the rounds, since a round's load hits both. */
  readonly first: number;
}

/** Passes before the clock counts: V8 compiles, tables and predictors warm up. */
const WARM_UP = 3;

/** @param packets of one pass; @param passes timed together in a round, each prepared */
export function alternate(candidates: readonly Candidate[], packets: number, rounds: number, passes: number): Timing[] {
  const samples = candidates.map((): number[] => []);
  for (let round = -WARM_UP; round < rounds; round++)
    candidates.forEach((c, i) => {
      let ns = 0n;
      for (let p = 0; p < passes; p++) {
        c.prepare();
        const start = process.hrtime.bigint();
        c.run();
        ns += process.hrtime.bigint() - start;
      }
      if (round >= 0) samples[i]!.push(Number(ns) / passes / packets);
    });
  return candidates.map((c, i) => {
    const own = samples[i]!;
    return { name: c.name, median: median(own), min: Math.min(...own), rounds, first: median(own.map((ns, r) => ns / samples[0]![r]!)) };
  });
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
