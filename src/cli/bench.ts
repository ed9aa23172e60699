// bench.ts -- `weft bench`: the harness in bench/, which is part of the
// repository but not of the package.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXIT, WeftError } from '../kernel/errors.ts';
import type { Command } from './command.ts';
import { projectRoot } from './root.ts';

const command: Command = {
  examples: ['weft bench', 'weft bench -- --help'],

  define(c) {
    c.argument('[arguments...]', 'handed to the harness; put -- before its options');
  },

  run(args) {
    const main = new URL('bench/main.ts', projectRoot), tsx = new URL('node_modules/tsx/dist/cli.mjs', projectRoot);
    if (!existsSync(main) || !existsSync(tsx)) throw new WeftError(EXIT.capability, 'the benchmarks are not part of the package', 'clone the repository, npm ci, and run weft bench there');
    const { status, signal } = spawnSync(process.execPath, [fileURLToPath(tsx), fileURLToPath(main), ...args], { stdio: 'inherit' });
    return status ?? (signal === 'SIGINT' ? EXIT.interrupted : EXIT.internal);
  },
};
export default command;
