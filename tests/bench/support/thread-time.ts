import fs from 'node:fs';

/**
 * CPU time of a process without some of its threads, in ns: what its devices cost, for instance,
 * beside a guest that spins.
 * @param isCounted by the thread's name
 */
export function cpuTimeNs(pid: number, isCounted: (name: string) => boolean): number {
  let total = 0;
  for (const tid of fs.readdirSync(`/proc/${pid}/task`)) {
    const directory = `/proc/${pid}/task/${tid}`;
    try {
      const name = fs.readFileSync(`${directory}/comm`, 'utf8').trim();
      const [ran] = fs.readFileSync(`${directory}/schedstat`, 'utf8').split(' ');
      if (isCounted(name)) total += Number(ran);
    } catch {
      // The thread has ended meanwhile.
    }
  }
  return total;
}
