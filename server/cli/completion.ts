import { COMMON_OPTIONS, type Command } from './command';

/** Kinds of things whose names can be asked for, and how. */
const LISTS: Readonly<Record<string, string>> = {
  vm: 'vm ls',
  image: 'image ls',
  disk: 'disk ls',
  task: 'task ls',
};

/** What completes `virtdeck` in a shell; eval it, or put it where the shell looks. */
export function completionScript(commands: readonly Command[], shell: 'bash' | 'zsh'): string {
  const script = bashScript(commands);
  // zsh runs bash's completions.
  return shell === 'bash' ? script : `autoload -U +X bashcompinit && bashcompinit\n${script}`;
}

function bashScript(commands: readonly Command[]): string {
  const firsts = [...new Set(commands.map(({ name }) => name.split(' ')[0]))].join(' ');
  const seconds = new Map<string, string[]>();
  for (const { name } of commands) {
    const [first = '', second] = name.split(' ');
    if (second !== undefined) seconds.set(first, [...(seconds.get(first) ?? []), second]);
  }
  const groups = [...seconds].map(
    ([first, names]) => `    ${first}) words="${names.join(' ')}" ;;`,
  );
  const cases = commands.map((command) => `    '${command.name}') ${caseOf(command)} ;;`);
  return `# bash completion for virtdeck
_virtdeck_names() {
  virtdeck $1 --json 2>/dev/null | grep -o '^      "name": "[^"]*"' | cut -d'"' -f4
}
_virtdeck() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words="" list="" name command="\${COMP_WORDS[1]}" groups=" ${[...seconds.keys()].join(' ')} "
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${firsts}" -- "$word"))
    return
  fi
  if [ "$COMP_CWORD" -eq 2 ] && [[ "$groups" == *" $command "* ]]; then
    case "$command" in
${groups.join('\n')}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    return
  fi
  [[ "$groups" == *" $command "* ]] && command="$command \${COMP_WORDS[2]}"
  case "$command" in
${cases.join('\n')}
  esac
  COMPREPLY+=($(compgen -W "$words" -- "$word"))
  [ -n "$list" ] || return 0
  # Not by compgen, which runs what stands in its words: names are other people's.
  while IFS= read -r name; do
    [[ "$name" == "$word"* ]] && COMPREPLY+=("$(printf %q "$name")")
  done < <(_virtdeck_names "$list")
}
complete -F _virtdeck virtdeck
`;
}

function caseOf({ arguments: wanted, options }: Command): string {
  const switches = Object.keys({ ...options, ...COMMON_OPTIONS }).map((name) => `--${name}`);
  const names = wanted.at(-1)?.names ?? 'word';
  const list = LISTS[names];
  const files = names === 'file' ? 'COMPREPLY=($(compgen -f -- "$word")); ' : '';
  return `${files}words="${switches.join(' ')}"${list === undefined ? '' : ` list="${list}"`}`;
}
