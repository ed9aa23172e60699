// run.ts -- one verb, from its arguments to the exit code.

import { Command as Commander, CommanderError } from 'commander';
import { FilterError } from '../filter/error.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { nearest } from '../switch/nearest.ts';
import { BuildError } from '../wire/build/text.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { Closed, type Manner, Talk } from './talk.ts';
import { VERSION } from './version.ts';

/** Run `weft name args`. @returns exit code; nothing is thrown */
export async function run(name: string, args: readonly string[]): Promise<number> {
  let talk = new Talk({ json: args.includes('--json'), color: !args.includes('--no-color') });
  try {
    if (name === '--version' || name === '-V') {
      talk.out(VERSION);
      return EXIT.ok;
    }
    const row = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!row) throw unknown(name);
    const { default: command } = await row.load(), parsed = parse(name, row.summary, command, args, talk);
    if (!parsed) return EXIT.ok;
    const { options } = parsed;
    talk = new Talk(options);
    return await command.run(parsed.args, options, talk);
  } catch (e) {
    return report(e, talk);
  }
}

function unknown(name: string): WeftError {
  const guess = nearest(name, Object.keys(COMMANDS)), what = name.startsWith('-') ? 'option' : 'command';
  return new WeftError(EXIT.usage, `no ${what} "${name}"${guess ? `, do you mean "${guess}"?` : ''}`, 'weft --help lists the commands');
}

/** @returns undefined when help was all that was asked for */
function parse(name: string, summary: string, command: Command, args: readonly string[], talk: Talk): { args: string[]; options: Manner } | undefined {
  const c = commander(name, summary, command).exitOverride().configureOutput({
    writeOut: text => talk.out(text.trimEnd()), writeErr: () => {},
    getOutHelpWidth: () => 100,
  });
  try {
    c.parse(args, { from: 'user' });
    return { args: c.args, options: c.opts() };
  } catch (e) {
    if (!(e instanceof CommanderError)) throw e;
    if (e.exitCode === 0) return undefined;
    throw new WeftError(EXIT.usage, e.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/, ', do you mean $1?'), `weft ${name} --help`);
  }
}

/** The verb's commander command, as help, completion and parsing see it. */
export function commander(name: string, summary: string, command: Command): Commander {
  const c = new Commander(`weft ${name}`).description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`);
  command.define(c);
  if (command.json) c.option('--json', 'print the result, or the error, as one JSON document');
  c.option('-q, --quiet', 'no report, progress or remarks; warnings and errors only').option('--no-color', 'no colours; NO_COLOR and FORCE_COLOR work too');
  refuseRepeats(c, name);
  return c.helpOption('-h, --help', 'this text').addHelpText('after', `\nExamples:\n${command.examples.map(e => `  ${e}`).join('\n')}`);
}

/** Of a value given twice commander keeps the last, and a capture would go unread without a word. */
function refuseRepeats(c: Commander, name: string): void {
  const seen = new Set<string>();
  for (const option of c.options.filter(o => o.required))
    c.on(`option:${option.name()}`, () => {
      const gathers = Array.isArray(c.getOptionValue(option.attributeName()));
      if (seen.has(option.name()) && !gathers) throw new WeftError(EXIT.usage, `option '${option.flags}' was given twice`, `weft ${name} --help`);
      seen.add(option.name());
    });
}

function report(e: unknown, talk: Talk): number {
  if (e instanceof Closed) return EXIT.ok;
  const { code, message, hint } = described(e);
  try {
    if (talk.json) talk.document({ code, message, hint });
    else talk.error(message, hint);
  } catch (unwritten) {
    if (!(unwritten instanceof Closed)) talk.error(message, hint);
  }
  return code;
}

function described(e: unknown): { code: number; message: string; hint: string } {
  if (e instanceof WeftError) return e;
  if (e instanceof FilterError || e instanceof BuildError) return { code: EXIT.usage, message: e.message, hint: '' };
  const debug = Boolean(process.env['WEFT_DEBUG']), { message, stack } = e instanceof Error ? e : new Error(String(e));
  return { code: EXIT.internal, message: `a fault of weft: ${debug ? stack : message}`, hint: debug ? '' : 'WEFT_DEBUG=1 shows where; please report it' };
}
