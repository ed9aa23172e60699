// doctor.ts -- `weft doctor`: what works on this machine, what does not, and
// what to do about it.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { EXIT } from '../kernel/errors.ts';
import { loadKernels } from '../kernel/load.ts';
import { hasSimd, reservable } from '../kernel/probe.ts';
import type { Command } from './command.ts';

interface Finding {
  readonly what: string;
  readonly works: boolean;
  /** What was found. */
  readonly found: string;
  /** What it is for, and how to get it. */
  readonly remedy: string;
  /** weft does not run without it. */
  readonly needed: boolean;
}

const NODE_MIN = [20, 19] as const;

const command: Command = {
  json: true,
  examples: ['weft doctor', 'weft doctor --json'],
  define() {},

  run(_, __, talk) {
    const findings = [node(), kernels(), memory(2 ** 30, true), memory(2 ** 32, false), simd(), ...TOOLS.map(tool), koffi()];
    const code = findings.every(f => f.works || !f.needed) ? EXIT.ok : EXIT.capability;
    if (talk.json) talk.document({ code, findings });
    else for (const { what, works, found, remedy, needed } of findings) {
      const { green, red, yellow, dim } = talk.colors, mark = works ? green('ok ') : needed ? red('no ') : yellow('-  ');
      talk.out(`${mark} ${what.padEnd(16)} ${found}${works ? '' : `\n    ${dim(remedy)}`}`);
    }
    return code;
  },
};
export default command;

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number), [wantMajor, wantMinor] = NODE_MIN;
  const works = major > wantMajor || (major === wantMajor && minor >= wantMinor);
  return { what: 'Node', works, found: process.version, remedy: `weft needs Node ${NODE_MIN.join('.')} or later: https://nodejs.org`, needed: true };
}

function attempt(what: string, needed: boolean, remedy: string, work: () => string): Finding {
  try {
    return { what, works: true, found: work(), remedy, needed };
  } catch (e) {
    return { what, works: false, found: e instanceof Error ? e.message.split('\n')[0]! : String(e), remedy, needed };
  }
}

const kernels = (): Finding => attempt('kernels', true, 'in a clone: npm run build; else install the package again', () => {
  const k = loadKernels({ memory: 32 * 2 ** 20, small: 16, jumbo: 1, huge: 1 });
  return `ABI ${k.fn['abi_version']!()}`;
});

function memory(bytes: number, needed: boolean): Finding {
  const works = reservable(bytes);
  return {
    what: `memory, ${bytes / 2 ** 30} GiB`, works, found: works ? 'can be reserved' : 'cannot be reserved', needed,
    remedy: needed ? 'raise the address space limit (ulimit -v), or run with a smaller --memory' : 'only switches with millions of routes want it: raise the limit (ulimit -v)',
  };
}

function simd(): Finding {
  const works = hasSimd();
  return { what: 'SIMD', works, found: works ? '128 bits wide' : 'not here', remedy: 'Node has it on x86-64 with SSE4.1 and on arm64', needed: false };
}

/** Programs beside weft: name, arguments that print the version, what for. */
const TOOLS = [
  ['tshark', ['--version'], 'reads what weft writes, in full: apt-get install tshark, brew install wireshark'],
  ['tcpdump', ['--version'], 'captures what weft reads: apt-get install tcpdump'],
  ['gcc', ['--version'], 'only the comparisons of weft bench compile C: apt-get install gcc'],
] as const;

const tool = ([name, args, remedy]: (typeof TOOLS)[number]): Finding => {
  const { error, stdout, stderr } = spawnSync(name, args, { encoding: 'utf8' });
  return { what: name, works: error === undefined, found: error === undefined ? (stdout || stderr).split('\n')[0]!.trim() : 'not found', remedy, needed: false };
};

const koffi = (): Finding => attempt('koffi', false, 'only tests against libpcap want it: npm ci in a clone of the repository', () => {
  const { version } = createRequire(import.meta.url)('koffi') as { version: string };
  return `version ${version}`;
});
