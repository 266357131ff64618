'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Token } from '@/server/api/tokens';
import { request } from '../api/client';
import { errorToShow } from '../api/error-to-show';
import { keys } from '../api/keys';
import { useTokens } from '../api/lists';
import { formatDateTime } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { type Column, DataTable } from '../ui/data-table';
import { ErrorNotice } from '../ui/error-notice';
import { Moment } from '../ui/moment';
import { onDemand } from '../ui/on-demand';
import { Skeleton } from '../ui/skeleton';
import { toastError } from '../ui/toast-error';
import { SCOPE_WORDS } from './token-words';

const NewTokenDialog = onDemand(() =>
  import('./new-token-dialog').then((module) => module.NewTokenDialog),
);

/** Tokens of the user who looks. */
export function TokensCard() {
  const t = useText();
  const client = useQueryClient();
  const query = useTokens();
  const { data: tokens, refetch, isFetching } = query;
  const error = errorToShow(query);
  const [isMaking, setIsMaking] = useState(false);
  const [leaving, setLeaving] = useState<Token>();
  const revoke = useMutation({
    mutationFn: (id: string) => request('DELETE', `/tokens/${encodeURIComponent(id)}`),
    onSettled: () => {
      setLeaving(undefined);
      return client.invalidateQueries({ queryKey: keys.tokens });
    },
    onError: (failure) => toastError(t('settings.tokenRevokeFailed'), failure),
  });
  const columns: readonly Column<Token>[] = [
    {
      key: 'name',
      title: t('settings.tokenName'),
      wide: true,
      cell: ({ name }) => <span className="font-medium">{name}</span>,
    },
    {
      key: 'prefix',
      title: t('settings.tokenPrefix'),
      minor: true,
      cell: ({ prefix }) => <code className="font-mono text-xs">{prefix}…</code>,
    },
    {
      key: 'scopes',
      title: t('settings.tokenScope'),
      minor: true,
      cell: ({ scopes }) => scopes.map((scope) => t(SCOPE_WORDS[scope])).join(', '),
    },
    {
      key: 'used',
      title: t('settings.tokenUsed'),
      minor: true,
      figure: true,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? t('settings.tokenNever') : <Moment iso={lastUsedAt} />,
    },
    {
      key: 'expires',
      title: t('settings.tokenExpires'),
      figure: true,
      cell: ({ expiresAt }) => formatDateTime(expiresAt),
    },
    {
      key: 'actions',
      title: t('settings.tokenRevoke'),
      quiet: true,
      cell: (token) => (
        <Button variant="ghost" size="sm" onClick={() => setLeaving(token)}>
          {t('settings.tokenRevoke')}
        </Button>
      ),
    },
  ];
  return (
    <CardSection
      id="tokens"
      title={t('settings.tokens')}
      description={t('settings.tokensHint')}
      actions={
        <Button onClick={() => setIsMaking(true)}>
          <Plus aria-hidden /> {t('settings.tokenNew')}
        </Button>
      }
    >
      {error && (
        <ErrorNotice
          title={t('settings.tokensFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {tokens === undefined && error === null && <Skeleton className="h-24" />}
      {tokens?.length === 0 && (
        <p className="flex items-center gap-2 text-muted">
          <KeyRound aria-hidden className="size-4" /> {t('settings.tokensNone')}
        </p>
      )}
      {tokens && tokens.length > 0 && (
        <div className="-mx-4 -mb-5 sm:-mx-5">
          <DataTable
            label={t('settings.tokens')}
            columns={columns}
            rows={tokens}
            rowKey={({ id }) => id}
          />
        </div>
      )}
      {isMaking && <NewTokenDialog onClose={() => setIsMaking(false)} />}
      {leaving && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setLeaving(undefined)}
          title={t('settings.tokenRevokeTitle', { name: leaving.name })}
          body={t('settings.tokenRevokeBody')}
          confirmLabel={t('settings.tokenRevoke')}
          pending={revoke.isPending}
          onConfirm={() => revoke.mutate(leaving.id)}
        />
      )}
    </CardSection>
  );
}
