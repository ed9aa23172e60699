// wire_tap.ts -- frames onto an interface of a namespace and off it, by
// tcpreplay and tcpdump, whom nobody here wrote.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { scratchPath } from '../capture_files.ts';
import { recordedFrames } from '../recorded.ts';
import type { Namespace } from './namespaces.ts';

/** Milliseconds to wait for frames that are expected, and for such as are not. */
const PATIENCE = 3000, QUIET = 300;
const sleep = (ms: number): Promise<void> => new Promise(resolve => { setTimeout(resolve, ms); });
let files = 0;

/** What comes in by an interface. */
export class Tap {
  private constructor(readonly child: ChildProcess, readonly path: string) {}

  /** Listen. @param filter of tcpdump */
  static async open(ns: Namespace, iface: string, filter = ''): Promise<Tap> {
    const path = scratchPath(`tap_${++files}.pcap`);
    const child = spawn('ip', ['netns', 'exec', ns.name, 'tcpdump', '-i', iface, '-U', '--immediate-mode', '-Q', 'in', '-w', path, ...(filter ? [filter] : [])], { stdio: ['ignore', 'ignore', 'pipe'] });
    const tap = new Tap(child, path);
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stderr!.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('listening on')) resolve();
      });
      child.once('exit', () => { reject(new Error(`tcpdump: ${said}`)); });
    });
    return tap;
  }

  /** The frames so far, once there are `n` of them or the wait is over. */
  async close(n: number): Promise<Buffer[]> {
    const full = (): Buffer[] => (existsSync(this.path) && readFileSync(this.path).length >= 24 ? recordedFrames(this.path) : []);
    for (const end = performance.now() + PATIENCE; performance.now() < end && full().length < n;) await sleep(20);
    await sleep(QUIET);
    const ended = new Promise(resolve => { this.child.once('exit', resolve); });
    this.child.kill('SIGINT');
    await ended;
    return full();
  }
}

/** Put frames onto an interface, in order. */
export function inject(ns: Namespace, iface: string, frames: readonly Uint8Array[]): void {
  const header = Buffer.alloc(24), path = scratchPath(`inject_${++files}.pcap`);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262144, 16);
  header.writeUInt32LE(1, 20);
  writeFileSync(path, Buffer.concat([header, ...frames.flatMap((f, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(i * 1000, 4);
    record.writeUInt32LE(f.length, 8);
    record.writeUInt32LE(f.length, 12);
    return [record, f];
  })]));
  ns.exec('tcpreplay', '-q', '-p', '1000', '-i', iface, path);
}
