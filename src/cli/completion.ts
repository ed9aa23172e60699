// completion.ts -- `weft completion`: verbs and options for a shell, from the
// same definitions that parse them.

import type { Option } from 'commander';
import { EXIT } from '../kernel/errors.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';

interface Verb { readonly name: string; readonly summary: string; readonly options: readonly Option[] }

const SHELLS: Readonly<Record<string, (verbs: readonly Verb[]) => string>> = { bash, zsh, fish };

const command: Command = {
  examples: [
    'source <(weft completion bash)                                       # in ~/.bashrc',
    'weft completion zsh > ~/.zfunc/_weft                                 # a folder of fpath',
    'weft completion fish > ~/.config/fish/completions/weft.fish',
  ],

  define(c) {
    c.addArgument(c.createArgument('<shell>', 'the shell').choices(Object.keys(SHELLS)));
  },

  async run([shell], _, talk) {
    const { commander } = await import('./run.ts');
    const verbs = await Promise.all(Object.entries(COMMANDS).map(async ([name, row]) => {
      const c = commander(name, row.summary, (await row.load()).default);
      return { name, summary: row.summary, options: c.createHelp().visibleOptions(c) };
    }));
    talk.out(SHELLS[shell!]!(verbs));
    return EXIT.ok;
  },
};
export default command;

/** Both forms of an option. */
const forms = (o: Option): string[] => [o.short, o.long].filter(f => f != null);
/** Whether an option's value is a path. */
const takesFile = (o: Option): boolean => /<file>/.test(o.flags);
const takesValue = (o: Option): boolean => o.required || o.optional;

function bash(verbs: readonly Verb[]): string {
  const cases = verbs.map(v => {
    const values = v.options.filter(o => o.argChoices).map(o => `      ${forms(o).join('|')}) COMPREPLY=($(compgen -W "${o.argChoices!.join(' ')}" -- "$word")); return;;`);
    const words = v.name === 'completion' ? `${Object.keys(SHELLS).join(' ')} ` : '';
    return `    ${v.name})\n      case "$before" in\n${[...values, '      *) ;;'].join('\n')}\n      esac\n      words="${words}${v.options.flatMap(forms).join(' ')}";;`;
  });
  return `# bash completion of weft
_weft() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${verbs.map(v => v.name).join(' ')} --help --version" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word"));;
    *) COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word"));;
  esac
}
complete -o filenames -F _weft weft`;
}

function zsh(verbs: readonly Verb[]): string {
  const text = (s: string) => s.replace(/'/g, "'\\''").replace(/[[\]:]/g, c => `\\${c}`);
  const option = (o: Option) => forms(o).map(f => `'${f}[${text(o.description)}]${takesValue(o) ? `:value:${o.argChoices ? `(${o.argChoices.join(' ')})` : takesFile(o) ? '_files' : ' '}` : ''}'`).join(' ');
  return `#compdef weft
_weft() {
  if (( CURRENT == 2 )); then
    local -a verbs=(${verbs.map(v => `'${v.name}:${text(v.summary)}'`).join(' ')})
    _describe command verbs
    return
  fi
  local verb=$words[2]
  shift words; (( CURRENT-- ))
  case $verb in
${verbs.map(v => `    ${v.name}) _arguments ${v.options.map(option).join(' ')} '*:${v.name === 'completion' ? `shell:(${Object.keys(SHELLS).join(' ')})` : 'file:_files'}';;`).join('\n')}
  esac
}
_weft "$@"`;
}

function fish(verbs: readonly Verb[]): string {
  const text = (s: string) => `'${s.replace(/[\\']/g, c => `\\${c}`)}'`;
  const option = (v: Verb, o: Option) => [
    `complete -c weft -n '__fish_seen_subcommand_from ${v.name}'`,
    o.short ? `-s ${o.short.slice(1)}` : '', o.long ? `-l ${o.long.slice(2)}` : '',
    takesValue(o) ? (o.argChoices ? `-x -a ${text(o.argChoices.join(' '))}` : takesFile(o) ? '-r -F' : '-x') : '', `-d ${text(o.description)}`,
  ].filter(Boolean).join(' ');
  return [
    '# fish completion of weft',
    ...verbs.map(v => `complete -c weft -n __fish_use_subcommand -f -a ${v.name} -d ${text(v.summary)}`),
    ...verbs.flatMap(v => v.options.map(o => option(v, o))),
    `complete -c weft -n '__fish_seen_subcommand_from completion' -f -a ${text(Object.keys(SHELLS).join(' '))}`,
  ].join('\n');
}
