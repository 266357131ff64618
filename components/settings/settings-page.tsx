'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';
import { PageHeader } from '../layout/page-header';
import { onDemand } from '../ui/on-demand';
import { type Tab, TabPanel, Tabs } from '../ui/tabs';
import { PasswordCard } from './password-card';
import { SessionsCard } from './sessions-card';
import { TokensCard } from './tokens-card';
import { UsersCard } from './users-card';

const ConsoleSettings = onDemand(() =>
  import('./console-settings').then((module) => module.ConsoleSettings),
);

const SECTIONS = ['account', 'users', 'console'] as const;
type Section = (typeof SECTIONS)[number];

/** One's own account, and for administrators the users and the console. */
export function SettingsPage() {
  const t = useText();
  const pathname = usePathname();
  const asked = useSearchParams().get('section');
  const isAdmin = useSession().data?.user?.role === 'admin';
  const sections: readonly Section[] = isAdmin ? SECTIONS : ['account'];
  const section = sections.find((candidate) => candidate === asked) ?? 'account';
  const tabs: readonly Tab<Section>[] = sections.map((value) => ({
    value,
    label: t(`settings.${value}`),
  }));
  return (
    <>
      <PageHeader title={t('settings.title')} />
      <Tabs
        label={t('settings.sections')}
        tabs={tabs}
        value={section}
        onChange={(next) => window.history.replaceState(null, '', `${pathname}?section=${next}`)}
      >
        <TabPanel value="account" className="flex flex-col gap-5 pt-5">
          <TokensCard />
          <SessionsCard />
          <PasswordCard />
        </TabPanel>
        {isAdmin && (
          <>
            <TabPanel value="users" className="pt-5">
              <UsersCard />
            </TabPanel>
            <TabPanel value="console" className="pt-5">
              <ConsoleSettings />
            </TabPanel>
          </>
        )}
      </Tabs>
    </>
  );
}
