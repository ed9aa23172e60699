// command.ts -- what a verb of the command line is. One file a verb in this
// folder, with the verb as its default export, and a row in commands.ts.

import type { Command as Commander } from 'commander';
import type { Talk } from './talk.ts';

/** `weft NAME`; Options is what commander makes of the options that `define` adds. */
export interface Command<Options extends object = object> {
  /** Lines of the help's last part, each a whole command: `weft check -c router.yaml`. */
  readonly examples: readonly string[];
  /** Whether the verb knows --json: its result, and any error, is then one JSON document on stdout. */
  readonly json?: boolean;
  /**
   * Add arguments and options to the verb's commander command. Name, summary,
   * --quiet, --no-color, --json, --help and the examples are there already.
   */
  define(command: Commander): void;
  /**
   * Do the work. Results go to talk.out or talk.document, all else to talk.say and talk.warn.
   * @param args    positional arguments
   * @param options as commander parsed them; `json` and `quiet` are in talk
   * @returns exit code (EXIT in src/kernel/errors.ts)
   * @throws WeftError for what a user can act on; main prints it and exits with its code
   */
  run(args: readonly string[], options: Options, talk: Talk): number | Promise<number>;
}
