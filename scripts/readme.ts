// readme.ts -- the tables of the README that other files decide: drop reasons,
// verbs, examples. `npx tsx scripts/readme.ts` writes them in place; a test
// fails when they are stale.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COMMANDS } from '../src/cli/commands.ts';
import { DROPS } from '../src/graph/drops.ts';

const root = new URL('..', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const cell = (text: string) => text.replace(/\|/g, '\\|');

/** First sentence of an example's head comment. */
function headOf(example: string): string {
  const comment = read(`examples/${example}`).split('\n').filter(l => !l.includes('yaml-language-server'));
  const lines = comment.slice(0, comment.findIndex(l => !l.startsWith('#'))).map(l => l.replace(/^# ?/, ''));
  const text = lines.slice(0, lines.indexOf('') < 0 ? lines.length : lines.indexOf('')).join(' ');
  return text.split(/(?<=[.:])\s/)[0]!.replace(/[.:]$/, '');
}

const tables: Readonly<Record<string, () => string[]>> = {
  drops: () => Object.entries(DROPS).map(([name, { sentence, remedy, source }]) => `| \`${name}\` | ${cell(sentence)} | ${cell(remedy)} | ${source} |`),
  verbs: () => Object.entries(COMMANDS).map(([name, { summary }]) => `| \`weft ${name}\` | ${summary} |`),
  examples: () => readdirSync(new URL('examples/', root)).filter(f => f.endsWith('.yaml')).sort().map(f => `| [${f}](examples/${f}) | ${cell(headOf(f))} |`),
};

/** The README with its tables made anew: the rows between `<!-- NAME -->` and `<!-- /NAME -->`. */
export function renderReadme(text: string): string {
  return Object.entries(tables).reduce((t, [name, rows]) =>
    t.replace(new RegExp(`(<!-- ${name} -->\n(?:\\|.*\n){2})[^]*?(<!-- /${name} -->)`), (_, head: string, foot: string) => `${head}${rows().join('\n')}\n${foot}`), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(new URL('README.md', root), renderReadme(read('README.md')));
