// pauses.ts -- how long PFC stopped each priority of each port, as PAUSED
// records tell it.

export class Pauses {
  /** By port: since when each priority is stopped, or -1; and for how long it was, picoseconds. */
  readonly #ports = new Map<number, { readonly since: number[]; readonly total: number[]; count: number }>();

  /** @param stopped bit by priority, from now on */
  change(port: number, now: number, stopped: number): void {
    const p = this.#ports.get(port) ?? { since: Array<number>(8).fill(-1), total: Array<number>(8).fill(0), count: 0 };
    this.#ports.set(port, p);
    for (let i = 0; i < 8; i++) {
      const is = (stopped >> i) & 1, since = p.since[i]!;
      if (is && since < 0) {
        p.since[i] = now;
        p.count++;
      } else if (!is && since >= 0) {
        p.total[i]! += now - since;
        p.since[i] = -1;
      }
    }
  }

  /** Picoseconds until `now` that a priority of a port was stopped. */
  total(port: number, priority: number, now: number): number {
    const p = this.#ports.get(port), since = p?.since[priority] ?? -1;
    return p ? p.total[priority]! + (since < 0 ? 0 : now - since) : 0;
  }

  /** Times that a port was stopped. */
  count(port: number): number {
    return this.#ports.get(port)?.count ?? 0;
  }
}
