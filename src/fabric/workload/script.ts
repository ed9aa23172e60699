// script.ts -- messages in the making. A message starts when those it comes
// after have ended; what no message stands for, computing, is one of no bytes to
// oneself that takes its time.

import type { Message } from '../simulation.ts';

/** Messages of a workload at most: what memory has room for. */
const MESSAGES_MAX = 8_000_000;

/** More messages than there is room for. */
export class TooManyMessages extends Error {
  override name = 'TooManyMessages';
  override message = `more messages than there is room for (${MESSAGES_MAX})`;
}

/** By place among the hosts that take part: messages that have to end before that host goes on. */
export type Fronts = readonly (readonly number[])[];

export class Script {
  /** @param messages of the whole workload: numbers are places in it @param start picoseconds: of messages that come after no other */
  constructor(readonly messages: Message[], readonly start: number) {}

  /** @param delay picoseconds after those it comes after @returns its number @throws TooManyMessages */
  send(src: number, dst: number, bytes: number, after: readonly number[] = [], delay = 0): number {
    if (this.messages.length >= MESSAGES_MAX) throw new TooManyMessages();
    return this.messages.push(after.length === 0 ? { src, dst, bytes, start: this.start + delay } : { src, dst, bytes, start: delay, after }) - 1;
  }

  /** A host is busy. @returns number of what stands for it */
  compute(host: number, time: number, after: readonly number[]): number {
    return this.send(host, host, 0, after, time);
  }
}

/** Of messages from number `first` on, those that each host sends or gets. */
export function involved(script: Script, hosts: readonly number[], first: number): Fronts {
  const place = new Map(hosts.map((h, i) => [h, i])), fronts: number[][] = hosts.map(() => []);
  for (let n = first; n < script.messages.length; n++) {
    const { src, dst } = script.messages[n]!;
    fronts[place.get(src)!]!.push(n);
    if (dst !== src) fronts[place.get(dst)!]!.push(n);
  }
  return fronts;
}
