// rule_sets.ts -- made-up rules for tests and benchmarks of the classifier.

import { NO_PORT } from '../assembly/abi/policy.ts';
import { type Box, WORD_MOST } from '../src/switch/classifier.ts';

export type RuleSetKind = 'acl' | 'ports' | 'nested' | 'remote';
type Range = [number, number];

/**
 * `acl`: addresses and services as data centres have them, one side often
 * open. `ports`: any address, overlapping ranges of ports. `nested`: prefixes
 * in one another. `remote`: a source prefix and a service, as in a security group.
 */
export function ruleSet(kind: RuleSetKind, count: number, six: boolean, r: () => number): Pick<Box, 'least' | 'most'>[] {
  const all = WORD_MOST(six), below = (n: number) => r() % n;
  const four = (length: number): Range => {
    const size = 2 ** (32 - length), base = Math.floor(((10 * 2 ** 24) + (r() % 2 ** 26)) / size) * size;
    return length === 0 ? [0, 0xffffffff] : [base, base + size - 1];
  };
  /** Eight words of a source or destination. */
  const address = (open: boolean): Range[] => {
    if (!six) return [four(open ? below(9) : [24, 24, 28, 32, 32, 32, 20, 16][below(8)]!)];
    const words: Range[] = Array.from({ length: 4 }, () => [0, 0xffffffff]);
    if (open && below(2) === 0) return words;
    words[0] = open ? [0x20000000, 0x3fffffff] : [0x20010db8, 0x20010db8];
    if (open) return words;
    const second = below(2 ** 24) * 256, length = [32, 32, 24, 16][below(4)]!;
    words[1] = length === 32 ? [second, second] : [Math.floor(second / 2 ** (32 - length)) * 2 ** (32 - length), Math.floor(second / 2 ** (32 - length)) * 2 ** (32 - length) + 2 ** (32 - length) - 1];
    if (length === 32 && below(2) === 0) {
      words[2] = [0, 0];
      words[3] = [below(65536), 0];
      words[3][1] = words[3][0];
    }
    return words;
  };
  const nested = (): Range[] => {
    const words = address(true);
    if (!six) return [[four(8 + below(25))[0], 0]].map(([a]) => { const size = 2 ** below(24), base = Math.floor(a! / size) * size; return [base, base + size - 1]; });
    return words;
  };
  const service = (): Range => pick(below(8), below(200), below(60000));
  return Array.from({ length: count }, (_, i) => {
    const shape = below(20), open: [boolean, boolean] = kind === 'remote' ? [i % 50 === 49, true] : [shape < 5, shape >= 5 && shape < 9 ? true : shape === 0];
    const src = kind === 'ports' ? all.slice(0, six ? 4 : 1).map((m): Range => [0, m]) : kind === 'nested' ? nested() : address(open[0]);
    const dst = kind === 'ports' || kind === 'remote' ? all.slice(0, six ? 4 : 1).map((m): Range => [0, m]) : kind === 'nested' ? nested() : address(open[1]);
    const overlapping = (): Range => { const a = below(60000); return [a, a + below(65536 - a)]; };
    const sport: Range = kind === 'ports' ? overlapping() : below(10) === 0 ? [1024, 65535] : [0, NO_PORT];
    const dport = kind === 'ports' ? overlapping() : service(), protocol = below(6) === 0 ? 17 : 6;
    const ranges: Range[] = [...src, ...dst, sport, dport, dport[1] === NO_PORT && below(2) === 0 ? [0, 255] : [protocol, protocol], below(30) === 0 ? [1, 1] : [0, 0xffff]];
    return { least: ranges.map(x => x[0]), most: ranges.map(x => x[1]) };
  });
}

function pick(kind: number, well: number, high: number): Range {
  if (kind === 0) return [0, NO_PORT];
  if (kind === 1) return [high, Math.min(65535, high + 500)];
  if (kind === 2) return [1024, 65535];
  return [well, well];
}
