import type { Command } from '../command';
import { CONSOLE_COMMANDS } from './console-wide';
import { DISK_COMMANDS } from './disk';
import { IMAGE_COMMANDS } from './image';
import { LOGIN_COMMANDS } from './login';
import { TASK_COMMANDS } from './task';
import { VM_COMMANDS } from './vm';

/** All that act; `help`, `completion` and `version` are about these and stand in main.ts. */
export const COMMANDS: readonly Command[] = [
  ...LOGIN_COMMANDS,
  ...VM_COMMANDS,
  ...IMAGE_COMMANDS,
  ...DISK_COMMANDS,
  ...TASK_COMMANDS,
  ...CONSOLE_COMMANDS,
];
