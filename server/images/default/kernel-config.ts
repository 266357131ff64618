/**
 * Lines of a config fragment that are not so in the .config made of it: kconfig drops in silence
 * what does not exist or lacks what it depends on.
 * @param fragment `CONFIG_X=value` and `# CONFIG_X is not set` lines, among comments
 */
export function unmetLines(fragment: string, config: string): readonly string[] {
  const values = new Map(assignments(config));
  return assignments(fragment)
    .filter(([symbol, wanted]) => (values.get(symbol) ?? 'n') !== wanted)
    .map(([symbol, wanted]) => `${symbol}=${wanted} (is ${values.get(symbol) ?? 'n'})`);
}

function assignments(config: string): [symbol: string, value: string][] {
  const found: [string, string][] = [];
  for (const line of config.split('\n')) {
    const set = /^(CONFIG_\w+)=(.*)$/.exec(line);
    const unset = /^# (CONFIG_\w+) is not set$/.exec(line);
    if (set?.[1] !== undefined && set[2] !== undefined) found.push([set[1], set[2]]);
    else if (unset?.[1] !== undefined) found.push([unset[1], 'n']);
  }
  return found;
}
