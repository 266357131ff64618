import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageSources } from '../image-sources';

/** What stands for the kernel's build system; `vmlinux` is what is tested. */
const MAKEFILE = (vmlinux: string): string => `
tinyconfig:
	echo CONFIG_TINY=y > .config
olddefconfig: ;
vmlinux:
	@echo "  CC      init/main.o"
	@echo once >> $(COUNT)
	${vmlinux}
	mkdir -p include/config && echo 6.1.0-test > include/config/kernel.release
	touch System.map && cp /bin/true vmlinux
`;

export interface TinySources {
  readonly sources: ImageSources;
  readonly recipeDir: string;
  /** How often \`vmlinux\` was made. */
  readonly compiled: () => number;
}

/**
 * A recipe and sources that build within milliseconds, by the same steps as the real ones.
 * @param directory exists; all is written below it
 * @param vmlinux a line of shell that the compilation runs
 */
export function tinySources(directory: string, vmlinux = ':'): TinySources {
  const count = join(directory, 'count');
  const linux = join(directory, 'linux-source');
  mkdirSync(linux);
  writeFileSync(join(linux, 'Makefile'), `COUNT = ${count}\n${MAKEFILE(vmlinux)}`);
  const linuxArchive = join(directory, 'linux.tar.xz');
  execFileSync('tar', ['-cJf', linuxArchive, '-C', directory, 'linux-source']);
  const busybox = join(directory, 'busybox');
  writeFileSync(busybox, 'busybox');

  const recipeDir = join(directory, 'recipe');
  mkdirSync(join(recipeDir, 'root/etc'), { recursive: true });
  writeFileSync(join(recipeDir, 'kernel.config'), '# why\nCONFIG_TINY=y\n');
  writeFileSync(join(recipeDir, 'cmdline'), '# why\nconsole=ttyS0  quiet\npanic=-1\n');
  writeFileSync(join(recipeDir, 'root/etc/inittab'), '::respawn:-/bin/sh\n');
  return {
    sources: {
      packages: { 'linux-source-6.1': '1', 'busybox-static': '2' },
      linuxArchive,
      busybox,
    },
    recipeDir,
    compiled: () => readFileSync(count, 'utf8').trim().split('\n').length,
  };
}
