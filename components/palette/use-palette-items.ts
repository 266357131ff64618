'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useTheme } from 'next-themes';
import { reasonNot } from '@/server/api/vm-actions';
import type { Vm } from '@/server/api/vms';
import { useSession, useVms } from '../api/queries';
import { actOnVm, type VmPostAction } from '../api/vm-calls';
import { useCannotRun } from '../host/use-cannot-run';
import { useReader } from '../i18n/language-provider';
import { NAV_ITEMS } from '../layout/nav-items';
import { useForbidden } from '../session/use-forbidden';
import { GO_TO } from '../shortcuts/shortcuts';
import { toastError } from '../ui/toast-error';
import { useGo } from '../unsaved/use-go';
import { STATE_WORDS } from '../vms/state-words';
import type { AskedAction } from '../vms/use-vm-commands';
import { consolePath, vmPath } from '../vms/vm-paths';
import { type CommandName, FAILED_WORDS } from '../vms/vm-words';
import type { PaletteItem } from './palette-items';

/** Opens the question before an action. */
export type AskAbout = (vm: Vm, action: AskedAction) => void;

/** What loses nothing is done without a question. */
const QUICK = ['start', 'pause', 'resume', 'shutdown'] as const satisfies readonly VmPostAction[];
const ASKED = ['stop', 'reset', 'delete'] as const satisfies readonly AskedAction[];

export function usePaletteItems(onHelp: () => void, onAsk: AskAbout): PaletteItem[] {
  const { t, say } = useReader();
  const goTo = useGo();
  const client = useQueryClient();
  const { setTheme } = useTheme();
  const role = useSession().data?.user?.role;
  const vms = useVms().data ?? [];
  const forbidden = useForbidden();
  const cannotRun = useCannotRun();
  const go = (href: string) => () => goTo(href);

  const act = (vm: Vm, action: VmPostAction) => () => {
    void actOnVm(client, vm.id, action).catch((error: unknown) =>
      toastError(t(FAILED_WORDS[action], { name: vm.name }), error),
    );
  };
  const whyNot = (vm: Vm, action: CommandName): string | undefined => {
    const reason = reasonNot(vm.state, action);
    return forbidden ?? (reason && say(reason)) ?? (action === 'start' ? cannotRun : undefined);
  };

  const pages: PaletteItem[] = NAV_ITEMS.filter(
    ({ only }) => only === undefined || only === role,
  ).map(({ href, label }) => {
    const keys = GO_TO.find((place) => place.href === href)?.keys;
    return {
      ...{ key: href, title: t(label), group: t('palette.pages'), run: go(href) },
      ...(keys === undefined ? {} : { keys }),
    };
  });
  const machines: PaletteItem[] = vms.flatMap((vm) => [
    {
      key: vm.id,
      title: vm.name,
      group: t('shell.machines'),
      detail: t(STATE_WORDS[vm.state]),
      run: go(vmPath(vm.id)),
    },
    {
      key: `${vm.id} console`,
      title: t('palette.consoleOf', { name: vm.name }),
      group: t('palette.actions'),
      hidden: true,
      run: go(consolePath(vm.id)),
    },
    ...QUICK.map((action) => ({
      key: `${vm.id} ${action}`,
      title: t('palette.actionOf', { action: t(`vms.${action}`), name: vm.name }),
      group: t('palette.actions'),
      hidden: true,
      disabledReason: whyNot(vm, action),
      run: act(vm, action),
    })),
    ...ASKED.map((action) => ({
      key: `${vm.id} ${action}`,
      title: t('palette.actionOf', { action: t(`vms.${action}`), name: vm.name }),
      group: t('palette.actions'),
      hidden: true,
      disabledReason: whyNot(vm, action),
      run: () => onAsk(vm, action),
    })),
  ]);
  const others: PaletteItem[] = [
    {
      key: 'create',
      title: t('shell.createMachine'),
      group: t('palette.actions'),
      keys: 'c',
      disabledReason: forbidden,
      run: go('/machines/new'),
    },
    {
      key: 'help',
      title: t('shortcuts.title'),
      group: t('palette.actions'),
      keys: '?',
      run: onHelp,
    },
    { key: 'api', title: t('reference.title'), group: t('palette.pages'), run: go('/reference') },
    ...(['light', 'dark', 'system'] as const).map((theme) => ({
      key: theme,
      title: t('palette.theme', { theme: t(THEMES[theme]) }),
      group: t('palette.actions'),
      hidden: true,
      run: () => setTheme(theme),
    })),
  ];
  return [...pages, ...others, ...machines];
}

const THEMES = {
  light: 'shell.themeLight',
  dark: 'shell.themeDark',
  system: 'shell.themeSystem',
} as const;
