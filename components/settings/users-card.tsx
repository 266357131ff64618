'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { Role } from '@/server/api/session';
import type { Account } from '@/server/api/users';
import { request } from '../api/client';
import { errorToShow } from '../api/error-to-show';
import { keys } from '../api/keys';
import { useUsers } from '../api/lists';
import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { type Column, DataTable } from '../ui/data-table';
import { ErrorNotice } from '../ui/error-notice';
import { Moment } from '../ui/moment';
import { onDemand } from '../ui/on-demand';
import { Select } from '../ui/select';
import { Skeleton } from '../ui/skeleton';
import { toastError } from '../ui/toast-error';
import { ROLE_WORDS, ROLES } from './token-words';

const NewUserDialog = onDemand(() =>
  import('./new-user-dialog').then((module) => module.NewUserDialog),
);

/** Everybody who may sign in, for administrators. */
export function UsersCard() {
  const t = useText();
  const client = useQueryClient();
  const query = useUsers(true);
  const { data: users, refetch, isFetching } = query;
  const error = errorToShow(query);
  const me = useSession().data?.user?.id;
  const [isMaking, setIsMaking] = useState(false);
  const [leaving, setLeaving] = useState<Account>();
  const again = () => client.invalidateQueries({ queryKey: keys.users });
  const change = useMutation({
    mutationFn: ({ id, ...body }: { id: string; role?: Role; disabled?: boolean }) =>
      request('PATCH', `/users/${encodeURIComponent(id)}`, { body }),
    onSettled: again,
    onError: (failure) => toastError(t('settings.userChangeFailed'), failure),
  });
  const remove = useMutation({
    mutationFn: (id: string) => request('DELETE', `/users/${encodeURIComponent(id)}`),
    onSettled: () => {
      setLeaving(undefined);
      return again();
    },
    onError: (failure) => toastError(t('settings.userDeleteFailed'), failure),
  });
  const columns: readonly Column<Account>[] = [
    {
      key: 'name',
      title: t('session.name'),
      wide: true,
      cell: ({ id, name, disabledAt }) => (
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{name}</span>
          {id === me && <span className="text-faint text-xs">{t('settings.userYou')}</span>}
          {disabledAt !== null && <Badge>{t('settings.userDisabled')}</Badge>}
        </span>
      ),
    },
    {
      key: 'role',
      title: t('settings.userRole'),
      cell: ({ id, name, role }) => (
        <Select
          aria-label={`${t('settings.userRole')}: ${name}`}
          value={role}
          onChange={(event) => change.mutate({ id, role: event.target.value as Role })}
          className="w-40"
        >
          {ROLES.map((value) => (
            <option key={value} value={value}>
              {t(ROLE_WORDS[value])}
            </option>
          ))}
        </Select>
      ),
    },
    {
      key: 'last',
      title: t('settings.userLast'),
      minor: true,
      figure: true,
      cell: ({ lastSignInAt }) =>
        lastSignInAt === null ? t('settings.tokenNever') : <Moment iso={lastSignInAt} />,
    },
    {
      key: 'actions',
      title: t('settings.userDelete'),
      quiet: true,
      cell: (user) => (
        <span className="flex justify-end gap-1">
          <Button
            variant="ghost"
            size="sm"
            disabledReason={user.id === me ? t('settings.userNotYourself') : undefined}
            onClick={() => change.mutate({ id: user.id, disabled: user.disabledAt === null })}
          >
            {user.disabledAt === null ? t('settings.userDisable') : t('settings.userEnable')}
          </Button>
          <Button
            variant="ghost"
            size="sm"
            disabledReason={user.id === me ? t('settings.userNotYourself') : undefined}
            onClick={() => setLeaving(user)}
          >
            {t('settings.userDelete')}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <CardSection
      id="users"
      title={t('settings.users')}
      description={t('settings.usersHint')}
      actions={
        <Button onClick={() => setIsMaking(true)}>
          <Plus aria-hidden /> {t('settings.userNew')}
        </Button>
      }
    >
      {error && (
        <ErrorNotice
          title={t('settings.usersFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {users === undefined && error === null && <Skeleton className="h-24" />}
      {users && (
        <div className="-mx-4 -mb-5 sm:-mx-5">
          <DataTable
            label={t('settings.users')}
            columns={columns}
            rows={users}
            rowKey={({ id }) => id}
          />
        </div>
      )}
      {isMaking && <NewUserDialog onClose={() => setIsMaking(false)} />}
      {leaving && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setLeaving(undefined)}
          title={t('settings.userDeleteTitle', { name: leaving.name })}
          body={t('settings.userDeleteBody')}
          confirmLabel={t('settings.userDelete')}
          pending={remove.isPending}
          onConfirm={() => remove.mutate(leaving.id)}
        />
      )}
    </CardSection>
  );
}
