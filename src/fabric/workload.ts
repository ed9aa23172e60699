// workload.ts -- what hosts send: patterns and collectives as messages.

import type { Message } from './simulation.ts';

/** A kind of work among `hosts`, numbers of hosts. Bytes; picoseconds. */
export interface Work { readonly bytes: number; readonly start: number }

/** Every host sends to one other, and gets from one other; who is by lot. */
export function permutation(hosts: readonly number[], { bytes, start }: Work, below: (n: number) => number): Message[] {
  const to = [...hosts];
  // Sattolo 1986: one cycle, so nobody sends to itself.
  for (let i = to.length - 1; i > 0; i--) {
    const j = below(i);
    [to[i], to[j]] = [to[j]!, to[i]!];
  }
  return hosts.map((src, i) => ({ src, dst: to[i]!, bytes, start }));
}

/** Every host sends to the one as far along on the next leaf. */
export function crossLeaf(hosts: readonly number[], { bytes, start }: Work, perLeaf: number): Message[] {
  return hosts.map((src, i) => ({ src, dst: hosts[(i + perLeaf) % hosts.length]!, bytes, start }));
}

export function incast(hosts: readonly number[], { bytes, start }: Work, to: number): Message[] {
  return hosts.filter(h => h !== to).map(src => ({ src, dst: to, bytes, start }));
}

/** Everyone to everyone else, each beginning with its neighbour. */
export function allToAll(hosts: readonly number[], { bytes, start }: Work): Message[] {
  return hosts.flatMap((src, i) => Array.from({ length: hosts.length - 1 }, (_, d) => ({ src, dst: hosts[(i + d + 1) % hosts.length]!, bytes, start })));
}

/**
 * Ring all-reduce of `bytes` a host: 2(N-1) steps, each of 1/N; a host sends
 * step s on when it got step s-1 from the one before it.
 * @param first number of the first message in the whole workload
 */
export function ringAllReduce(hosts: readonly number[], { bytes, start }: Work, first: number): Message[] {
  const n = hosts.length, chunk = Math.ceil(bytes / n), list: Message[] = [];
  for (let step = 0; step < 2 * (n - 1); step++)
    hosts.forEach((src, i) => {
      const before = first + (step - 1) * n + (i + n - 1) % n;
      list.push({ src, dst: hosts[(i + 1) % n]!, bytes: chunk, start: step === 0 ? start : 0, ...(step > 0 && { after: [before] }) });
    });
  return list;
}

/** Recursive halving, then doubling (Rabenseifner 2004): log2 N steps of halves, and back. @param hosts a power of two of them */
export function halvingDoubling(hosts: readonly number[], { bytes, start }: Work, first: number): Message[] {
  const n = hosts.length, steps = Math.log2(n), list: Message[] = [];
  for (let step = 0; step < 2 * steps; step++) {
    const level = levelOf(step, steps), size = Math.ceil(bytes / 2 ** (level + 1));
    hosts.forEach((src, i) => {
      const peer = i ^ (n >> (level + 1)), before = first + (step - 1) * n;
      // What a host sends on is what it got from its partner of the step before.
      list.push({ src, dst: hosts[peer]!, bytes: size, start: step === 0 ? start : 0, ...(step > 0 && { after: [before + (i ^ (n >> (levelOf(step - 1, steps) + 1)))] }) });
    });
  }
  return list;
}

/** Halves of a step: of all, of a half of them, and so on; then back. */
const levelOf = (step: number, steps: number): number => (step < steps ? step : 2 * steps - 1 - step);
