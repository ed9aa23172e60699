// cli.test.ts -- the command line as users meet it: texts, exit codes, JSON,
// streams and signals. It runs dist/weft.js.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, linkSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../src/capture/open.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { build } from '../src/wire/build.ts';
import { Bytes, readAll, scratchFile, scratchPath, smallKernels, type Taken } from './capture_files.ts';
import { golden } from './golden.ts';
import { needs, noProgram } from './skip.ts';
import { tsharkFields } from './tshark.ts';
import { WEFT, weft, weftBytes } from './weft.ts';

const root = fileURLToPath(new URL('..', import.meta.url)), L = new Bytes(false);

const YAML = `name: r1
ports:
  e1: {address: 10.0.1.1/24}
  e2: {address: 10.0.2.1/24}
neighbors:
  - {address: 10.0.1.5, mac: 02:00:00:00:00:05, port: e1}
  - {address: 10.0.2.9, mac: 02:00:00:00:00:09, port: e2}
routes:
  - {to: 10.9.0.0/16, via: 10.0.2.9}
`;
const config = scratchFile('router.yaml', Buffer.from(YAML));
const eth = 'eth(src=02:00:00:00:00:05,dst=02:00:00:00:01:01)/ip(src=10.0.1.5,';
const passes = (port: number) => build(`${eth}dst=10.9.0.1)/udp(srcport=1,dstport=${port})/data(len=58)`);
const noRoute = build(`${eth}dst=172.16.0.1)/udp(dstport=53)/data(len=8)`);
const expired = build(`${eth}dst=10.9.0.1,ttl=1)/udp(dstport=53)/data(len=8)`);
/** Ten that pass, to UDP port 1000 on, 100 bytes each and 1 ms apart; two without a route; one whose TTL ends. */
const FRAMES = [noRoute, ...Array.from({ length: 10 }, (_, i) => passes(1000 + i)), expired, noRoute];
const records = FRAMES.map((f, i) => L.pcapRecord(f, 1_700_000_000, i * 1000));
const input = scratchFile('in.pcap', L.pcapHeader(), ...records);

async function packets(path: string): Promise<(Taken & { seconds: number })[]> {
  const k = smallKernels(), reader = openCapture(k, path), all = await readAll(k, reader);
  reader.close();
  assert.is(reader.fault, undefined);
  return all.map(p => ({ ...p, seconds: Number(reader.origin!) + Number(p.time) / 1e12 }));
}
const json = <T = Record<string, unknown>>(text: string): T => JSON.parse(text) as T;
const gaps = (times: readonly number[]) => times.slice(1).map((t, i) => Math.round((t - times[i]!) * 1e6));

// -- texts

test('weft --help, weft -h, weft help, and no command at all', () => {
  const { code, out, err } = weft(['--help']);
  assert.equal([code, err], [0, '']);
  golden('usage/weft.txt', out);
  for (const args of [['-h'], ['help']]) assert.equal(weft(args), { code: 0, out, err: '' });
  assert.match(weft(['help', 'check']).out, /^Usage: weft check /);
  assert.equal(weft([]), { code: 2, out: '', err: out });
});

for (const name of Object.keys(COMMANDS))
  test(`weft ${name} --help: usage, options, an example`, () => {
    const { code, out, err } = weft([name, '--help']);
    assert.equal([code, err], [0, '']);
    golden(`usage/${name}.txt`, out);
    assert.match(out, /Examples:\n +\S/);
  });

test('weft --version is that of package.json', () => {
  assert.is(weft(['--version']).out, `${json<{ version: string }>(readFileSync(join(root, 'package.json'), 'utf8')).version}\n`);
});

test('--help loads no command: half of it is Node starting', () => {
  const time = (args: string[]) => {
    const start = process.hrtime.bigint();
    spawnSync(process.execPath, args);
    return Number(process.hrtime.bigint() - start);
  };
  const median = (n: number[]) => n.sort((a, b) => a - b)[n.length >> 1]!;
  const rounds = Array.from({ length: 11 }, () => [time(['-e', '0']), time([WEFT, '--help'])] as const);
  const [node, help] = [median(rounds.map(r => r[0])), median(rounds.map(r => r[1]))];
  assert.ok(help <= 2 * node, `weft --help takes ${(help / node).toFixed(2)} times what node -e 0 takes`);
});

// -- errors and exit codes

test('no output replaces what a run reads, by whatever name', () => {
  const source = scratchFile('source.pcap', readFileSync(input)), yaml = scratchFile('same.yaml', Buffer.from(YAML)), link = scratchPath('link.pcap'), drops = scratchPath('both.pcapng');
  linkSync(source, link);
  for (const [args, words] of [
    [['-r', source, '-c', yaml, '-w', link], `${source} and ${link} are one file`],
    [['-r', source, '-c', yaml, '-w', yaml], `${yaml} is named twice`],
    [['-r', source, '-c', yaml, '-w', drops, '--drops', drops], `${drops} is named twice`],
    [['-r', source, '-c', yaml, '-w', '-', '--drops', '-'], '- is named twice'],
  ] as const) assert.equal(weft(['replay', ...args]), { code: 2, out: '', err: `weft: ${words}\n  hint: read from one file and write to others\n` });
  const { status, stderr } = spawnSync(process.execPath, [WEFT, 'replay', '-r', '-', '-c', yaml, '-w', source], { stdio: [openSync(source, 'r'), 'pipe', 'pipe'], encoding: 'utf8' });
  assert.is(status, 2);
  assert.match(stderr, /^weft: - and .*source\.pcap are one file\n/);
  assert.equal(readFileSync(source), readFileSync(input));
  assert.is(readFileSync(yaml, 'utf8'), YAML);
  assert.not(existsSync(drops));
});

test('replay --reload: another file from a packet on; a refused one is told, and code 2', () => {
  const other = (name: string, from: string | RegExp, to: string) => scratchFile(name, Buffer.from(YAML.replace(from, to)));
  const dropping = other('dropping.yaml', /via: [\d.]+/, 'action: blackhole'), ports = other('ports.yaml', 'ports:\n', 'ports:\n  e9: {}\n');
  const replay = (file: string) => json<{ code: number; drops: { reason: string; first: number }[]; reloads: { packet: number; refused: string | null }[] }>(weft(['replay', '-r', input, '-c', config, '--reload', `2:${file}`, '--json']).out);
  assert.is(replay(dropping).drops.find(d => d.reason === 'BLACKHOLE')?.first, 2);
  const { code, reloads } = replay(ports);
  assert.is(code, 2);
  assert.match(reloads[0]!.refused!, /ports\.e9: cannot change while the switch runs/);
  assert.match(weft(['replay', '-r', input, '-c', config, '--reload', '0:x']).err, /Expected a packet number/);
});

if (existsSync('/dev/full'))
  test('a full disk is no fault of weft: code 1 and the system\'s words', () => {
    const run = (...args: string[]) => spawnSync(process.execPath, [WEFT, ...args], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'], encoding: 'utf8' });
    for (const args of [['check', '-c', config], ['check', '-c', config, '--json'], ['replay', '-r', input, '-c', config, '-w', '-']]) {
      const { status, stderr } = run(...args);
      assert.equal([status, stderr], [1, 'weft: cannot write to standard output: no space left on device\n']);
    }
    assert.is(run('--help').status, 1);
    assert.equal(weft(['replay', '-r', input, '-c', config, '-w', '/dev/full']).err, 'weft: cannot write /dev/full: no space left on device\n');
  });

needs(noProgram('capinfos'))('pcapng ends with statistics of its interfaces', () => {
  const out = scratchPath('isb.pcapng'), drops = scratchPath('isb-drops.pcapng');
  assert.is(weft(['replay', '-r', input, '-c', config, '-w', out, '--drops', drops, '-q']).code, 0);
  const statistics = (path: string) => {
    const bytes = readFileSync(path), blocks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) if (bytes.readUInt32LE(at) === 5) blocks.push(bytes.subarray(at, at + bytes.readUInt32LE(at + 4)));
    return blocks.map(b => {
      const options: Record<number, bigint> = {};
      for (let at = 20; b.readUInt16LE(at) !== 0; at += 12) options[b.readUInt16LE(at)] = [2, 3].includes(b.readUInt16LE(at)) ? BigInt(b.readUInt32LE(at + 4)) << 32n | BigInt(b.readUInt32LE(at + 8)) : b.readBigUInt64LE(at + 4);
      return { iface: b.readUInt32LE(8), ...options };
    });
  };
  const at = { 2: 1_700_000_000_000_000_000n, 3: 1_700_000_000_012_000_000n }, [ifrecv, ifdrop, delivered] = [4, 5, 8];
  assert.equal(statistics(out), [{ iface: 0, ...at, [ifrecv]: 13n, [delivered]: 3n }, { iface: 1, ...at, [ifrecv]: 0n, [delivered]: 10n }]);
  assert.equal(statistics(drops), [{ iface: 0, ...at, [ifrecv]: 13n, [ifdrop]: 3n }, { iface: 1, ...at, [ifrecv]: 0n, [ifdrop]: 0n }]);
  assert.match(spawnSync('capinfos', [out], { encoding: 'utf8' }).stdout, /Number of stat entries = 1/);
});

test('usage errors: code 2, one line, a hint, the word that was meant', () => {
  for (const [args, line] of [
    [['repaly'], /^weft: no command "repaly", do you mean "replay"\?\n {2}hint: weft --help lists the commands\n$/],
    [['frobnicate'], /^weft: no command "frobnicate"\n/],
    [['--verbose'], /^weft: no option "--verbose"\n/],
    [['replay', '-c', config], /^weft: required option '-r, --read <file>' not specified\n {2}hint: weft replay --help\n$/],
    [['replay', '-r', input, '-c', config, '--lop', '2'], /^weft: unknown option '--lop', do you mean --loop\?\n/],
    [['replay', '-r', input, '-c', config, '--pps', 'fast'], /'--pps <n>' argument 'fast' is invalid\. Expected a number above 0/],
    [['replay', '-r', input, '-c', config, '--pps', '1', '--mbps', '1'], /'--mbps <n>' cannot be used with option '--pps <n>'|'--pps <n>' cannot be used with option '--mbps <n>'/],
    [['replay', '-r', input, '-c', config, '--limit', '1.5'], /Expected a whole number from 1/],
    [['replay', '-r', input, '-c', config, '--memory', '9GiB'], /Expected a size up to 4GiB/],
    [['replay', '-r', input, '-c', config, '--memory', '20MiB'], /with it the configuration takes .* of the 20\.0 MiB of memory\n {2}hint: give it more with --memory/],
    [['replay', '-r', input, '-c', config, '--port', 'e3'], /^weft: no port "e3", do you mean "e1"\?\n {2}hint: there are e1, e2\n$/],
    [['replay', '-r', input, '-c', config, '-w', input], /in\.pcap is named twice\n/],
    [['replay', '-r', input, '-c', config, '--drops', scratchPath('d.pcap')], /only pcapng holds the reasons of drops/],
    [['replay', '-r', input, '-c', config, '-w', '/nonexistent/x.pcap'], /^weft: cannot write \/nonexistent\/x\.pcap: no such file or directory\n$/],
    [['replay', '-r', input, '-c', '/nonexistent.yaml'], /^weft: \/nonexistent\.yaml: no such file or directory\n$/],
    [['replay', '-r', input, '-c', config, 'udp', 'prot', '53'], /^weft: .*\nudp prot 53\n {4}\^\n$/],
    [['replay', '-r', input, '-r', input, '-c', config], /^weft: option '-r, --read <file>' was given twice\n {2}hint: weft replay --help\n$/],
    [['dissect', '-r', input, '-T', 'fields'], /-T fields prints the fields that -e names/],
    [['dissect', '-r', input, '-n', '5-1'], /Expected a packet number from 1, or first-last/],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
  ] as const) {
    const { code, out, err } = weft(args);
    assert.equal([code, out], [2, ''], `${args.join(' ')}: ${err}`);
    assert.match(err, line);
  }
  assert.is(readFileSync(input).length, 24 + FRAMES.reduce((n, f) => n + 16 + f.length, 0), 'the input is untouched');
});

test('--json: errors are a document on stdout', () => {
  for (const [args, code, message] of [
    [['repaly'], 2, /no command/], [['replay', '-r', '/nonexistent.pcap', '-c', config], 3, /nonexistent\.pcap: no such file/],
    [['replay', '-r', input, '-c', config, 'prot 53'], 2, /\^/], [['replay', '-r', input, '-c', config, '--frob'], 2, /unknown option '--frob'/],
  ] as const) {
    const ran = weft([...args, '--json']), e = json<{ code: number; message: string; hint: string }>(ran.out);
    assert.equal([ran.code, ran.err, e.code, Object.keys(e)], [code, '', code, ['code', 'message', 'hint']]);
    assert.match(e.message, message);
  }
});

test('every fault of a switch file, with its place', () => {
  const bad = scratchFile('bad.yaml', Buffer.from(YAML.replace('routes:', 'rotues:').replace('10.0.2.1/24', '10.0.2.1/33')));
  const { code, err, out } = weft(['check', '-c', bad]);
  assert.equal([code, out], [2, '']);
  assert.match(err, /bad\.yaml:8:1: .*unknown key, do you mean "routes"\?\n +8 \| rotues:\n +\| \^+\n/);
  const only = scratchFile('bad2.yaml', Buffer.from(YAML.replace('10.0.2.1/24', '10.0.2.1/33').replace('via: 10.0.2.9', 'via: 10.77.0.1')));
  const faults = json<{ code: number; faults: { file: string; line: number; column: number; message: string }[] }>(weft(['check', '-c', only, '--json']).out);
  assert.is(faults.code, 2);
  assert.equal(faults.faults.map(f => [f.file, f.line, f.column]), [[only, 4, 17]]);
  assert.is(weft(['replay', '-c', bad, '-r', input, '-w', scratchPath('never.pcap')]).code, 2);
  assert.not.ok(existsSync(scratchPath('never.pcap')), 'nothing is written for a switch that is wrong');
});

test('a cut capture: all before the cut is processed, code 3, path, offset, expectation', async () => {
  const whole = readFileSync(input), cut = scratchFile('cut.pcap', whole.subarray(0, whole.length - 5)), out = scratchPath('cut.out.pcap');
  const offset = whole.length - 16 - noRoute.length;
  const ran = weft(['replay', '-r', cut, '-c', config, '-w', out]);
  assert.is(ran.code, 3);
  assert.match(ran.err, new RegExp(`^weft: .*cut\\.pcap: byte ${offset}: expected a record of ${16 + noRoute.length} bytes, found ${11 + noRoute.length} bytes and the end\\n`));
  assert.is((await packets(out)).length, 10 + 2, 'and two ICMP errors');
  const doc = json<{ code: number; in: { packets: number }; fault: Record<string, unknown> }>(weft(['replay', '-r', cut, '-c', config, '--json']).out);
  assert.equal([doc.code, doc.in.packets, doc.fault], [3, 12, { path: cut, offset, expected: `a record of ${16 + noRoute.length} bytes` }]);
});

test('a fault of weft: code 5, one line, and how to see more', () => {
  const hook = scratchFile('hook.mjs', Buffer.from("process.hrtime.bigint = () => { throw new Error('out of\\ntime'); };"));
  const args = ['replay', '-r', input, '-c', config], env = { NODE_OPTIONS: `--import ${hook}` };
  assert.equal(weft(args, { env }), { code: 5, out: '', err: 'weft: a fault of weft: out of\ntime\n  hint: WEFT_DEBUG=1 shows where; please report it\n' });
  assert.match(weft(args, { env: { ...env, WEFT_DEBUG: '1' } }).err, /out of\ntime\n +at .*hook\.mjs/);
});

test('bench wants a clone: the package has no harness', () => {
  const folder = scratchPath('package');
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'dist/weft.js'), 'bench'], { encoding: 'utf8' });
  assert.equal([status, stderr], [4, 'weft: the benchmarks are not part of the package\n  hint: clone the repository, npm ci, and run weft bench there\n']);
});

// -- replay

const RESULT = ['code', 'in', 'out', 'drops', 'originated', 'copies', 'consumed', 'held', 'filtered', 'unexplained', 'fault', 'seconds', 'kernelNsPerPacket'];
interface Result {
  code: number; in: { packets: number; bytes: number }; out: Record<string, { packets: number; bytes: number }>;
  drops: { node: string; reason: string; packets: number; bytes: number; first: number }[];
  originated: number; filtered: number; unexplained: number; fault: unknown; seconds: number; kernelNsPerPacket: number;
}
const replayed = (...args: string[]): Result => {
  const { code, out, err } = weft(['replay', '-r', input, '-c', config, '--json', ...args]);
  assert.is(code, 0, out + err);
  return json<Result>(out);
};

test('replay: ports of a pcapng file are named, described and rated as the switch file has them', () => {
  const described = scratchFile('described.yaml', Buffer.from(YAML.replace('e2: {', 'e2: {description: to the core, speed: 400G, '))), out = scratchPath('described.pcapng');
  assert.is(weft(['replay', '-r', input, '-c', described, '-w', out, '--quiet']).code, 0);
  const bytes = readFileSync(out), rate = Buffer.alloc(12);
  rate.writeUInt16LE(8, 0); // if_speed, eight bytes
  rate.writeUInt16LE(8, 2);
  rate.writeBigUInt64LE(400_000_000_000n, 4);
  assert.ok(bytes.includes(rate), 'if_speed');
  assert.ok(bytes.includes('to the core'), 'if_description');
  const wrong = scratchFile('wrong.yaml', Buffer.from(YAML.replace('e2: {', 'e2: {speed: fast, ')));
  assert.match(weft(['check', '-c', wrong]).err, /wrong\.yaml:4:\d+: ports\.e2\.speed: "fast" is no rate/);
});

test('replay --json: the keys, and every packet accounted for', () => {
  const r = replayed();
  assert.equal(Object.keys(r), RESULT);
  assert.equal(r.in, { packets: 13, bytes: FRAMES.reduce((n, f) => n + f.length, 0) });
  assert.equal(r.out['e2'], { packets: 10, bytes: 1000 });
  // The three that are dropped are answered with ICMP, to e1.
  assert.equal([r.out['e1']!.packets, r.originated], [3, 3]);
  assert.equal(r.drops, [
    { node: 'ip4_lookup', reason: 'NO_ROUTE', packets: 2, bytes: 2 * noRoute.length, first: 1 },
    { node: 'ip4_rewrite', reason: 'TTL_EXCEEDED', packets: 1, bytes: expired.length, first: 12 },
  ]);
  assert.equal([r.filtered, r.unexplained, r.fault], [0, 0, null]);
  assert.ok(r.seconds > 0 && r.kernelNsPerPacket > 0);
});

test('replay: the report in words', () => {
  const { out, err, code } = weft(['replay', '-r', input, '-c', config]);
  assert.equal([code, err], [0, '']);
  assert.match(out, /^port +packets in +bytes +packets out +bytes\ne1 +13 .*\ne2 +- +- +10 +1\.0 kB\n/);
  assert.match(out, /\n +2 +ip4_lookup +NO_ROUTE +#1 +no route covers the destination\n +1 +ip4_rewrite +TTL_EXCEEDED +#12 +the TTL ran out here\n/);
  assert.match(out, /\n13 in, 13 out, 3 dropped, 3 made by the switch, 0 unexplained\n/);
  assert.equal(weft(['replay', '-q', '-r', input, '-c', config]), { code: 0, out: '', err: '' });
});

test('replay: what leaves, in classic and pcapng form, with the times of the capture', async () => {
  for (const name of ['o.pcap', 'o.pcapng']) {
    replayed('-w', scratchPath(name));
    const out = await packets(scratchPath(name)), routed = out.filter(p => p.bytes[5] === 9);
    assert.is(out.length, 13);
    assert.equal(routed.map(p => p.bytes.length), new Array<number>(10).fill(100));
    assert.equal(gaps(routed.map(p => p.seconds)), new Array<number>(9).fill(1000));
    assert.equal([routed[0]!.bytes[22], routed[0]!.bytes[37]], [63, (1000 & 255)], 'the TTL is one less, the port the same');
  }
});

needs(noProgram('tshark'))('replay --drops: every dropped packet, with node and reason', () => {
  const drops = scratchPath('drops.pcapng');
  replayed('--drops', drops);
  assert.equal(tsharkFields(drops, ['frame.comment', 'frame.interface_name', 'frame.packet_id', 'ip.dst']), [
    ['DROP ip4_lookup NO_ROUTE 172.16.0.1', 'e1', '1', '172.16.0.1'],
    ['DROP ip4_rewrite TTL_EXCEEDED 10.9.0.1', 'e1', '12', '10.9.0.1'],
    ['DROP ip4_lookup NO_ROUTE 172.16.0.1', 'e1', '13', '172.16.0.1'],
  ]);
});

test('replay FILTER: the words are one expression; the rest is counted', () => {
  const r = replayed('udp', 'dst', 'port', '1003', 'or', 'dst port 1004');
  assert.equal([r.in, r.filtered, r.out['e2']!.packets, r.unexplained], [{ packets: 2, bytes: 200 }, 11, 2, 0]);
});

test('replay --limit counts what passes the filter; --loop goes round with times going on', async () => {
  assert.equal([replayed('--limit', '4').in.packets, replayed('--limit', '3', 'udp dst port 1008 or dst port 1009').in.packets], [4, 2]);
  const out = scratchPath('loop.pcap'), r = replayed('--loop', '3', '-w', out, 'udp dst portrange 1000-1009');
  assert.equal([r.in.packets, r.filtered, r.unexplained], [30, 9, 0]);
  const times = (await packets(out)).map(p => p.seconds);
  assert.ok(times.every((t, i) => i === 0 || t > times[i - 1]!), 'no pass begins before the last one ended');
  assert.is(replayed('--loop', '2', '--limit', '15').in.packets, 15);
});

for (const [flag, value, gap] of [['--pps', '4k', 250], ['--mbps', '0.8', 1000], ['-x', '4', 250], ['--multiplier', '0.5', 2000]] as const)
  test(`replay ${flag} ${value}: the times are rewritten, from the first packet's on`, async () => {
    const out = scratchPath('rate.pcapng'), only = 'udp dst portrange 1000-1009';
    const ran = weft(['replay', '-r', input, '-c', config, '-w', out, flag, value, only]);
    assert.is(ran.code, 0, ran.err);
    const times = (await packets(out)).map(p => p.seconds);
    assert.is(Math.round((times[0]! - 1_700_000_000) * 1e6), 1000);
    assert.equal(gaps(times), new Array<number>(9).fill(gap));
    assert.match(ran.out, new RegExp(`rate: asked ${value === '4k' ? '4,000' : value} \\D+ got ${value === '4k' ? '4,000' : value} by the times written`));
  });

test('replay in real time where an end is a pipe', () => {
  const args = ['replay', '-r', input, '-c', config, '-w', '-', '--pps', '20'], start = performance.now();
  const { code, out, err } = weftBytes(args), seconds = (performance.now() - start) / 1000;
  assert.is(code, 0);
  assert.ok(out.length > 0 && seconds > 12 / 20, `13 packets at 20 packets/s took ${seconds} s`);
  assert.match(err, /rate: asked 20 packets\/s, got (19|2\d)(\.\d+)?\n/);
});

test('replay: an unmet rate is a warning', () => {
  const { err, code } = weftBytes(['replay', '-q', '-r', '-', '-c', config, '--pps', '900M'], readFileSync(input));
  assert.is(code, 0);
  assert.match(err, /^$|^warning: the rate was not met: asked 900,000,000 packets\/s, got /);
});

test('replay: stdin to stdout, the report on stderr', async () => {
  const { code, out, err } = weftBytes(['replay', '-r', '-', '-c', config, '-w', '-'], readFileSync(input));
  assert.is(code, 0);
  assert.match(err, /13 in, 13 out, 3 dropped/);
  assert.is((await packets(scratchFile('piped.pcapng', out))).length, 13);
  const quiet = weftBytes(['replay', '-q', '-r', '-', '-c', config, '-w', '-'], readFileSync(input));
  assert.equal([quiet.err, quiet.out.length], ['', out.length]);
  assert.is(json<Result>(weftBytes(['replay', '--json', '-r', '-', '-c', config, '-w', '-'], readFileSync(input)).err).in.packets, 13);
});

test('replay: interfaces go to the ports of their names, the others to --port', () => {
  const named = (name: string) => L.idb(1, 0, L.option(2, Buffer.from(name))), toSwitch = build('eth(dst=02:00:00:00:01:02)/ip(src=10.0.2.9,dst=10.0.1.5)/udp/data(len=58)');
  const path = scratchFile('named.pcapng', L.shb(), named('e2'), named('eth0'), L.epb(0, 1n, toSwitch), L.epb(1, 2n, passes(1000)));
  const at = (...args: string[]) => {
    const { out } = weft(['replay', '-r', path, '-c', config, '--json', ...args]), r = json<Result>(out);
    return [r.out['e1']!.packets, r.out['e2']!.packets, r.drops.map(d => d.reason)];
  };
  assert.equal(at(), [1, 1, []]);
  const stray = weft(['replay', '-r', path, '-c', config]), chosen = weft(['replay', '-r', path, '-c', config, '--port', 'e1']);
  assert.equal([stray.err, chosen.err], ['interface eth0 came in by e1: no port has its name (--port chooses)\n', '']);
  // e2 has another MAC: there the second frame is somebody else's.
  assert.equal(at('--port', 'e2'), [1, 0, ['WRONG_MAC']]);
});

test('replay: several switches, ports named switch:port', () => {
  const two = scratchFile('two.yaml', Buffer.from(`switches:
  r1:
    ports: {e1: {address: 10.0.1.1/24}, e2: {address: 10.0.2.1/24}}
    neighbors: [{address: 10.0.2.2, mac: 02:00:00:00:02:01, port: e2}]
    routes: [{to: 10.9.0.0/16, via: 10.0.2.2}]
  r2:
    ports: {e1: {address: 10.0.2.2/24}, e2: {address: 10.0.3.1/24}}
    neighbors: [{address: 10.0.3.9, mac: 02:00:00:00:00:09, port: e2}]
    routes: [{to: 10.9.0.0/16, via: 10.0.3.9}]
links: [{endpoints: ["r1:e2", "r2:e1"]}]
`));
  const r = json<Result>(weft(['replay', '-r', input, '-c', two, '--json', 'udp dst portrange 1000-1009']).out);
  assert.equal([Object.keys(r.out), r.out['r2:e2']!.packets, r.unexplained], [['r1:e1', 'r2:e2'], 10, 0]);
});

test('replay --reader pcap-parser gives the same account', () => {
  const same = ({ seconds: _, kernelNsPerPacket: __, ...rest }: Result) => rest;
  assert.equal(same(replayed('--reader', 'pcap-parser')), same(replayed()));
});

test('a reader that goes away ends the run quietly', () => {
  const many = scratchFile('many.pcap', L.pcapHeader(), ...Array.from({ length: 20000 }, (_, i) => L.pcapRecord(passes(i), 1_700_000_000, i)));
  for (const command of [`replay -r ${many} -c ${config} -w -`, `dissect -r ${many}`, `dissect -r ${many} -T json`]) {
    const { stdout, stderr, status } = spawnSync('bash', ['-c', `set -o pipefail; '${process.execPath}' '${WEFT}' ${command} | head -c 1000 | wc -c`], { encoding: 'utf8' });
    assert.equal([stdout.trim(), stderr, status], ['1000', '', 0], command);
  }
});

for (const [what, args] of [['reading', ['-r', '-']], ['waiting', ['-r', input, '--pps', '0.1']]] as const)
  test(`Ctrl-C while ${what}: files are closed, the account is given, code 130`, async () => {
    const out = scratchPath(`int.${what}.pcapng`), live = what === 'waiting' ? ['-w', '-'] : ['-w', out];
    const child = spawn(process.execPath, [WEFT, 'replay', '-c', config, ...live, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let err = '', seen = Buffer.alloc(0);
    child.stderr.setEncoding('utf8').on('data', (t: string) => { err += t; });
    let text = '';
    child.stdout.on('data', (b: Buffer) => { seen = Buffer.concat([seen, b]); text += b.toString(); });
    if (what === 'reading') child.stdin.write(readFileSync(input));
    // The first packet is through: its ICMP error quotes it, and the output exists.
    while (!(what === 'reading' ? existsSync(out) : seen.includes(Buffer.from(noRoute.subarray(34, 42))))) await sleep(20);
    await sleep(500);
    child.kill('SIGINT');
    const [code] = await once(child, 'close') as [number];
    assert.is(code, 130, err);
    assert.match(err, /weft: interrupted\n/);
    const entered = what === 'reading' ? 13 : 1;
    assert.match(what === 'reading' ? text : err, new RegExp(`\\n${entered} in, .*, 0 unexplained\\n`));
    if (what === 'reading') assert.is((await packets(out)).length, 13);
    else assert.is((await packets(scratchFile('int.out.pcapng', seen))).length, 1);
  });

// -- colours

test('colours: none into a pipe; FORCE_COLOR, NO_COLOR, --no-color', () => {
  const args = ['replay', '-r', input, '-c', config], colored = (extra: string[], env: Record<string, string>) => weft([...args, ...extra], { env }).out.includes('\x1b[');
  assert.equal([colored([], {}), colored([], { FORCE_COLOR: '1' }), colored([], { FORCE_COLOR: '1', NO_COLOR: '1' }), colored(['--no-color'], { FORCE_COLOR: '1' })], [false, true, false, false]);
});

// -- the other commands

test('check: a summary, also as JSON', () => {
  const { code, out } = weft(['check', '-c', config]);
  assert.is(code, 0);
  assert.match(out, /r1 +2 +2 +1 +0 +2 +\d+\n\nports to the outside: e1, e2\nok, \d+\.\d MB of memory in use\n$/);
  const doc = json<{ code: number; switches: { name: string; ports: number }[]; outside: string[] }>(weft(['check', '-c', config, '--json']).out);
  assert.equal([doc.code, doc.switches[0]!.name, doc.switches[0]!.ports, doc.outside], [0, 'r1', 2, ['e1', 'e2']]);
  assert.equal(weft(['check', '-q', '-c', config]), { code: 0, out: '', err: '' });
});

test('dissect: a line a packet, fields, details, JSON; ranges and filters', () => {
  const run = (...args: string[]) => weft(['dissect', '-r', input, ...args]).out;
  assert.is(run('-n', '2-3'), '    2     0.000000 10.0.1.5 → 10.9.0.1 UDP 100 1 > 1000 Len=58\n    3     0.001000 10.0.1.5 → 10.9.0.1 UDP 100 1 > 1001 Len=58\n');
  assert.is(run('-T', 'fields', '-e', 'frame.number', '-e', 'frame.time_epoch', '-e', 'ip.dst', '-E', 'header=y', '-E', 'separator=;', 'dst port 1004'), 'frame.number;frame.time_epoch;ip.dst\n6;1700000000.005000000;10.9.0.1\n');
  assert.match(run('-V', '-n', '1'), /^Frame 1: 50 bytes on the wire, 50 captured, 1700000000\.000000000\neth at 0, 14 bytes\n {4}eth\.dst: 02:00:00:00:01:01\n/);
  const [packet, ...more] = json<{ frame: Record<string, unknown>; layers: Record<string, unknown>[] }[]>(run('-T', 'json', '-n', '2'));
  assert.equal([more.length, packet!.frame['frame.protocols'], packet!.layers[1]!['ip.dst']], [0, 'eth:ip:udp:data', '10.9.0.1']);
  assert.equal(json(run('-T', 'json', 'tcp')), []);
  const { code, err, out } = weft(['dissect', '-r', scratchFile('short.pcap', readFileSync(input).subarray(0, 24 + 16 + 10))]);
  assert.equal([code, out], [3, '']);
  assert.match(err, /byte 24: expected a record/);
});

test('doctor says what is here', () => {
  const { code, out } = weft(['doctor', '--json']), doc = json<{ code: number; findings: { what: string; works: boolean; remedy: string }[] }>(out);
  assert.equal([code, doc.code], [0, 0]);
  assert.ok(doc.findings.every(f => f.remedy !== ''));
  assert.equal(doc.findings.slice(0, 3).map(f => [f.what, f.works]), [['Node', true], ['kernels', true], ['memory, 1 GiB', true]]);
  const without = json<typeof doc>(weft(['doctor', '--json'], { env: { PATH: '/nonexistent' } }).out);
  assert.is(without.findings.find(f => f.what === 'tshark')!.works, false);
});

test('completion knows every command and option', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = weft(['completion', shell]);
    assert.is(code, 0);
    for (const name of [...Object.keys(COMMANDS), 'multiplier', 'pcap-parser']) assert.ok(out.includes(name), `${shell}: ${name}`);
  }
});

test('completion in bash: commands, then options', () => {
  const complete = (...words: string[]) => spawnSync('bash', ['--norc', '-c', `source <('${process.execPath}' '${WEFT}' completion bash); COMP_WORDS=(${words.map(w => `'${w}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _weft; echo "\${COMPREPLY[@]}"`], { encoding: 'utf8' });
  assert.equal([complete('weft', 'rep').stdout, complete('weft', 'rep').stderr], ['replay\n', '']);
  assert.is(complete('weft', 'replay', '--mu').stdout, '--multiplier\n');
  assert.is(complete('weft', 'replay', '--reader', 'p').stdout, 'pcap-parser\n');
});

// -- explain and show

test('weft explain: code 0 whatever the packet\'s fate, 2 for one that is not there', () => {
  const dropped = weft(['explain', '-r', input, '-c', config, '-n', '1']);
  assert.is(dropped.code, 0);
  assert.match(dropped.out, /dropped by ip4_lookup: NO_ROUTE/);
  const passed = json<{ code: number; packet: { number: number }; outcome: { end: string; port: string } }>(weft(['explain', '-r', input, '-c', config, '-n', '2', '--json']).out);
  assert.equal([passed.code, passed.packet.number, passed.outcome.end, passed.outcome.port], [0, 2, 'out', 'e2']);
  const beyond = weft(['explain', '-r', input, '-c', config, '-n', '99']);
  assert.is(beyond.code, 2);
  assert.match(beyond.err, /has 13 packets, no packet 99/);
  assert.is(weft(['explain', '-r', input, '-c', config]).code, 2, 'which packet?');
  const ifs = weft(['explain', '-c', config, '--what-if', 'udp 10.0.1.5:1 > 10.9.0.1:2']);
  assert.match(ifs.out, /left by port e2 as 42 bytes/);
  assert.is(weft(['explain', '-c', config, '--what-if', 'udp nonsense']).code, 2);
});

test('weft show: tables, JSON, and views that need a capture', () => {
  assert.match(weft(['show', 'fib', '-c', config]).out, /10\.9\.0\.0\/16 +rewrite +10\.0\.2\.9 +e2/);
  const paths = json<{ paths: { count: number }[] }>(weft(['show', 'paths', '-r', input, '-c', config, '--json']).out);
  assert.is(paths.paths.reduce((n, p) => n + p.count, 0), FRAMES.length);
  assert.match(weft(['show', 'runtime', '-r', input, '-c', config]).out, /ethernet_input +active +1 +13 /);
  assert.match(weft(['show', 'graph', '-c', config, '--mermaid']).out, /^flowchart LR/);
  assert.equal([['show', 'errors', '-c', config], ['show', 'fib', '-c', config, '--mermaid'], ['show', 'nothing', '-c', config]].map(a => weft(a).code), [2, 2, 2]);
});

test.run();
