#!/usr/bin/env node
// main.ts -- `weft VERB ...`. Help is printed from here, so that it takes no
// longer than Node itself; verbs are loaded when they are asked for.

import { writeSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { COMMANDS } from './commands.ts';

/** Node 22 and later. */
const { enableCompileCache } = nodeModule as { enableCompileCache?: () => unknown };

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map(n => n.length));
  return `Usage: weft COMMAND [OPTIONS]

A packet data plane: replay captures through switches described
in YAML, every packet accounted for, every drop explained.

Commands:
${Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  weft COMMAND --help   options and examples of a command
  weft --version        version

Exit codes: 0 done, 1 a check failed, 2 usage or configuration, 3 input
unreadable or cut, 4 something is missing here, 5 a fault of weft, 130 interrupted.

Example:
  weft replay -r in.pcap -c router.yaml -w out.pcapng --drops drops.pcapng
`;
}

async function main([first, ...rest]: string[]): Promise<void> {
  const [name, args] = first === 'help' && rest[0] ? [rest[0], ['--help']] : [first, rest];
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.exitCode = name === undefined ? 2 : 0;
    try {
      writeSync(name === undefined ? 2 : 1, usage());
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'EPIPE') process.exitCode = 1;
    }
    return;
  }
  enableCompileCache?.();
  const { run } = await import('./run.ts');
  process.exit(await run(name, args));
}

await main(process.argv.slice(2));
