'use client';

import { CircleAlert, CircleCheck, CircleSlash, Download, ScrollText } from 'lucide-react';
import { useDeferredValue } from 'react';
import type { z } from 'zod';
import type { auditEntrySchema } from '@/server/api/audit';
import { API } from '../api/client';
import { auditQuery, useAudit } from '../api/lists';
import { useText } from '../i18n/use-text';
import { PageHeader } from '../layout/page-header';
import { Badge } from '../ui/badge';
import { buttonStyle } from '../ui/button-style';
import { type Column, DataTable } from '../ui/data-table';
import { EmptyState } from '../ui/empty-state';
import { Input } from '../ui/input';
import { Moment } from '../ui/moment';
import { PagedCard } from '../ui/paged-card';
import { Select } from '../ui/select';
import { useAddressValue } from '../ui/use-address-value';

type Entry = z.infer<typeof auditEntrySchema>;

const OUTCOMES = {
  ok: { tone: 'running', icon: <CircleCheck aria-hidden />, word: 'audit.ok' },
  refused: { tone: 'paused', icon: <CircleSlash aria-hidden />, word: 'audit.refused' },
  failed: { tone: 'crashed', icon: <CircleAlert aria-hidden />, word: 'audit.failedOutcome' },
} as const;

const VIA = {
  session: 'audit.viaSession',
  token: 'audit.viaToken',
  ticket: 'audit.viaTicket',
  console: 'audit.viaConsole',
} as const;

/** Who did what. */
export function AuditPage() {
  const t = useText();
  const [user, setUser] = useAddressValue('user');
  const [asked, setOutcome] = useAddressValue('outcome');
  const outcome = asked in OUTCOMES ? asked : '';
  const filter = { user: useDeferredValue(user.trim()), outcome };
  const pages = useAudit(filter);
  const columns: readonly Column<Entry>[] = [
    {
      key: 'when',
      title: t('audit.columnWhen'),
      cell: ({ at }) => <Moment iso={at} />,
    },
    {
      key: 'who',
      title: t('audit.columnWho'),
      cell: ({ userName }) => userName || <span className="text-faint">{t('audit.nobody')}</span>,
    },
    {
      key: 'what',
      title: t('audit.columnWhat'),
      cell: ({ action, operation }) => (
        <code className="font-mono text-xs">{operation || action}</code>
      ),
    },
    {
      key: 'of',
      title: t('audit.columnOf'),
      wide: true,
      cell: ({ resourceName, resourceId }) =>
        resourceName || <code className="font-mono text-faint text-xs">{resourceId}</code>,
    },
    {
      key: 'from',
      title: t('audit.columnFrom'),
      minor: true,
      cell: ({ address, via }) => (
        <span>
          {address} <span className="text-faint text-xs">{via !== 'none' && t(VIA[via])}</span>
        </span>
      ),
    },
    {
      key: 'outcome',
      title: t('audit.columnOutcome'),
      cell: (entry) => {
        const { tone, icon, word } = OUTCOMES[entry.outcome];
        return (
          <span className="flex items-center gap-2">
            <Badge tone={tone} icon={icon}>
              {t(word)}
            </Badge>
            {entry.code && <code className="font-mono text-faint text-xs">{entry.code}</code>}
          </span>
        );
      },
    },
  ];
  return (
    <>
      <PageHeader
        title={t('audit.title')}
        description={t('audit.intro')}
        actions={
          <>
            <Input
              aria-label={t('audit.filterUser')}
              placeholder={t('audit.filterUserHint')}
              value={user}
              onChange={(event) => setUser(event.target.value)}
              className="sm:w-40"
            />
            <Select
              aria-label={t('audit.filterOutcome')}
              value={outcome}
              onChange={(event) => setOutcome(event.target.value)}
              className="w-36"
            >
              <option value="">{t('common.all')}</option>
              {Object.entries(OUTCOMES).map(([value, { word }]) => (
                <option key={value} value={value}>
                  {t(word)}
                </option>
              ))}
            </Select>
            <a
              href={`${API}/audit/export${auditQuery(filter)}`}
              download
              className={buttonStyle('secondary')}
            >
              <Download aria-hidden /> {t('audit.export')}
            </a>
          </>
        }
      />
      <PagedCard
        pages={pages}
        failed={t('audit.failed')}
        empty={
          <EmptyState icon={<ScrollText />} title={t('audit.emptyTitle')}>
            {t('audit.emptyHint')}
          </EmptyState>
        }
      >
        <DataTable
          label={t('audit.title')}
          columns={columns}
          rows={pages.items}
          rowKey={({ id }) => id}
        />
      </PagedCard>
    </>
  );
}
