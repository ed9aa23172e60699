// open_vswitch.ts -- Open vSwitch with its userspace datapath and dummy ports:
// frames in by name, frames out of files. It touches no interface and needs no
// rights. Its daemons die with this process, however that ends.
//
//   br0 (10.0.2.2/24, the underlay): port p0        int0: ports p1, p5, tunnels

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { scratchPath } from '../capture_files.ts';
import { recordedFrames } from '../recorded.ts';

const OWN = '10.0.2.2', OWN_MAC = '02:00:00:00:00:b0', PEER = '10.0.2.9', PEER_MAC = '02:00:00:00:00:04';
export const OVS = { own: OWN, ownMac: OWN_MAC, peer: PEER, peerMac: PEER_MAC };
const FLOWS = ['-O', 'OpenFlow15'];
/** Milliseconds for a daemon to come up, and for a frame to come out. */
const PATIENCE = 5000, QUIET = 200;
/** Where Debian has daemons. */
const PATH = [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter);

const sleep = (ms: number): Promise<void> => new Promise(resolve => { setTimeout(resolve, ms); });
const until = async (what: string, done: () => boolean): Promise<void> => {
  for (const end = performance.now() + PATIENCE; !done(); await sleep(20)) if (performance.now() > end) throw new Error(`${what}: not within ${PATIENCE} ms`);
};
let instances = 0;

export class OpenVswitch {
  readonly #dir = scratchPath(`ovs${++instances}`);
  readonly #daemons: ChildProcess[] = [];
  readonly #env: NodeJS.ProcessEnv;

  constructor() {
    mkdirSync(this.#dir, { recursive: true });
    this.#env = { ...process.env, PATH, OVS_RUNDIR: this.#dir, OVS_LOGDIR: this.#dir, OVS_DBDIR: this.#dir, OVS_SYSCONFDIR: this.#dir };
  }

  /** @param tunnels `ovs-vsctl` words of ports of int0: `vx -- set interface vx type=vxlan ...` */
  async start(tunnels: readonly string[] = []): Promise<void> {
    const db = `unix:${this.#dir}/db.sock`, schema = ['/usr/share/openvswitch', '/usr/local/share/openvswitch'].map(d => join(d, 'vswitch.ovsschema')).find(existsSync)!;
    this.#run('ovsdb-tool', 'create', `${this.#dir}/conf.db`, schema);
    this.#daemon('ovsdb-server', `${this.#dir}/conf.db`, `--remote=p${db}`, `--unixctl=${this.#dir}/db.ctl`);
    await until('ovsdb-server', () => existsSync(`${this.#dir}/db.sock`));
    this.#vsctl('--no-wait', 'init');
    this.#daemon('ovs-vswitchd', db, '--enable-dummy=system', '--disable-system', '--disable-system-route', `--unixctl=${this.#dir}/vs.ctl`);
    await until('ovs-vswitchd', () => existsSync(`${this.#dir}/vs.ctl`));
    const dummy = (bridge: string, name: string, n: number) => `-- add-port ${bridge} ${name} -- set interface ${name} type=dummy ofport_request=${n} options:tx_pcap=${this.#file(name)}`;
    this.#vsctl(...[
      `add-br br0 -- set bridge br0 datapath_type=dummy fail-mode=secure other-config:hwaddr=${OWN_MAC}`,
      '-- add-br int0 -- set bridge int0 datapath_type=dummy fail-mode=secure other-config:hwaddr=02:00:00:00:00:b1',
      dummy('br0', 'p0', 1), dummy('int0', 'p1', 1), dummy('int0', 'p5', 5), ...tunnels.map(t => `-- add-port int0 ${t}`),
    ].join(' ').split(' '));
    for (const words of [`netdev-dummy/ip4addr br0 ${OWN}/24`, `ovs/route/add ${PEER}/32 br0`, `tnl/arp/set br0 ${PEER} ${PEER_MAC}`]) this.#appctl(...words.split(' '));
    this.#run('ovs-ofctl', ...FLOWS, 'add-flow', `${this.#dir}/br0.mgmt`, 'actions=normal');
  }

  /** Flows of int0, and mappings of tunnel options. */
  flow(...flows: readonly string[]): void {
    for (const f of flows) this.#run('ovs-ofctl', ...FLOWS, 'add-flow', `${this.#dir}/int0.mgmt`, f);
  }

  option(map: string): void {
    this.#run('ovs-ofctl', ...FLOWS, 'add-tlv-map', `${this.#dir}/int0.mgmt`, map);
  }

  /** Frames in by a port; what came out of another since the beginning, once `n` more have. */
  async exchange(by: string, frames: readonly Uint8Array[], out: string, n = frames.length): Promise<Buffer[]> {
    const before = this.#sent(out).length;
    for (const f of frames) this.#appctl('netdev-dummy/receive', by, Buffer.from(f).toString('hex'));
    for (const end = performance.now() + PATIENCE; performance.now() < end && this.#sent(out).length < before + n;) await sleep(20);
    await sleep(QUIET);
    return this.#sent(out).slice(before);
  }

  stop(): void {
    for (const d of this.#daemons) d.kill('SIGKILL');
  }

  #file(port: string): string {
    return `${this.#dir}/${port}.pcap`;
  }

  #sent(port: string): Buffer[] {
    const file = this.#file(port);
    return existsSync(file) && readFileSync(file).length >= 24 ? recordedFrames(file) : [];
  }

  #vsctl(...args: string[]): void {
    this.#run('ovs-vsctl', `--db=unix:${this.#dir}/db.sock`, '--timeout=5', ...args);
  }

  #appctl(...args: string[]): void {
    this.#run('ovs-appctl', '-t', `${this.#dir}/vs.ctl`, ...args);
  }

  #run(program: string, ...args: string[]): void {
    const { status, stderr, error } = spawnSync(program, args, { env: this.#env, encoding: 'utf8', timeout: PATIENCE * 2 });
    if (error) throw error;
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.trim()}`);
  }

  #daemon(program: string, ...args: string[]): void {
    this.#daemons.push(spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args, '-vconsole:off'], { env: this.#env, stdio: 'ignore' }));
  }
}
