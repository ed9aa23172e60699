// namespaces.ts -- network namespaces that tests make for themselves, with
// cables between them, and remove again. Names begin with `weftlab-` and the
// number of the process; what a process left that is no more (killed, say) is
// removed when the next one starts.

import { spawnSync } from 'node:child_process';
import type { Missing } from '../skip.ts';

const PREFIX = 'weftlab-';
/** Milliseconds that a command may take. */
const PATIENCE = 10_000;

/** Run a program. @throws with what it wrote to stderr */
export function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: PATIENCE });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.trim() || `exit code ${status}`}`);
  return stdout;
}

/** Why no namespace can be made here, or undefined. */
export function noNamespaces(): Missing {
  if (process.getuid?.() !== 0) return 'not root';
  const name = `${PREFIX}${process.pid}-probe`;
  try {
    run('ip', 'netns', 'add', name);
    run('ip', 'netns', 'del', name);
    return undefined;
  } catch (e) {
    return `no network namespaces: ${(e as Error).message}`;
  }
}

const mine = new Set<string>();
let begun = false;
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Remove the namespaces of processes that are no more. */
export function reap(): void {
  for (const line of run('ip', 'netns', 'list').split('\n')) {
    const [, name, pid] = /^(weftlab-(\d+)-\S+)/.exec(line) ?? [];
    if (name && !alive(Number(pid))) run('ip', 'netns', 'del', name);
  }
}

/** A network namespace. */
export class Namespace {
  readonly name: string;

  constructor(name: string) {
    if (!begun) {
      begun = true;
      reap();
      process.once('exit', () => { for (const n of mine) spawnSync('ip', ['netns', 'del', n]); });
    }
    this.name = `${PREFIX}${process.pid}-${name}`;
    run('ip', 'netns', 'add', this.name);
    mine.add(this.name);
    this.ip('link set lo up');
  }

  /** A line for `ip`, as one would type it behind that word. */
  ip(line: string): string {
    return run('ip', '-n', this.name, ...line.trim().split(/\s+/));
  }

  exec(program: string, ...args: string[]): string {
    return run('ip', 'netns', 'exec', this.name, program, ...args);
  }

  sysctl(...settings: string[]): void {
    this.exec('sysctl', '-qw', ...settings);
  }

  remove(): void {
    run('ip', 'netns', 'del', this.name);
    mine.delete(this.name);
  }
}

/**
 * A cable: one interface in each namespace, up, without addresses of its own,
 * offloads off, so that frames are on it as they are on a wire.
 */
export function cable([a, aName, aMac]: readonly [Namespace, string, string], [b, bName, bMac]: readonly [Namespace, string, string], mtu = 9000): void {
  run('ip', '-n', a.name, 'link', 'add', aName, 'address', aMac, 'mtu', String(mtu), 'type', 'veth', 'peer', 'name', bName, 'netns', b.name, 'address', bMac, 'mtu', String(mtu));
  for (const [ns, name] of [[a, aName], [b, bName]] as const) {
    ns.sysctl(`net.ipv6.conf.${name}.addr_gen_mode=1`, `net.ipv6.conf.${name}.accept_dad=0`);
    ns.exec('ethtool', '-K', name, 'tx', 'off', 'rx', 'off', 'gso', 'off', 'tso', 'off', 'gro', 'off');
    ns.ip(`link set ${name} up`);
  }
}
