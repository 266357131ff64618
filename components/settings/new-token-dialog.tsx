'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { Output } from '@/server/api/client';
import { SCOPES_BY_ROLE } from '@/server/api/scopes';
import type { Scope } from '@/server/api/tokens';
import { bodies } from '../api/bodies';
import { request } from '../api/client';
import { fieldErrors } from '../api/form-errors';
import { keys } from '../api/keys';
import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Dialog } from '../ui/dialog';
import { ErrorNotice } from '../ui/error-notice';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { SCOPE_WORDS } from './token-words';

const DAY_SECONDS = 86_400;
const LIVES = [
  [30, 'settings.life30'],
  [90, 'settings.life90'],
  [366, 'settings.life366'],
] as const;

/** Makes a token, and shows it the one time it can be shown. */
export function NewTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText();
  const form = useId();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const scopes = SCOPES_BY_ROLE[useSession().data?.user?.role ?? 'viewer'];
  const [scope, setScope] = useState<Scope>(scopes.includes('operate') ? 'operate' : 'read');
  const [days, setDays] = useState<number>(90);
  const make = useMutation({
    mutationFn: () =>
      request<Output<'createToken'>>('POST', '/tokens', {
        body: { name, scopes: [scope], lifeSeconds: days * DAY_SECONDS },
        bodySchema: bodies.token,
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
  const errorOf = fieldErrors(make.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  if (make.data) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title={t('settings.tokenShown')}
        description={t('settings.tokenShownHint')}
        footer={
          <Button variant="primary" onClick={onClose}>
            {t('settings.tokenDone')}
          </Button>
        }
      >
        <div className="flex items-center gap-2 rounded-md bg-sunken py-1.5 pr-1.5 pl-3">
          <code data-token className="min-w-0 flex-1 break-all font-mono text-sm">
            {make.data.token}
          </code>
          <CopyButton text={make.data.token} label={t('settings.tokenCopy')} />
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('settings.tokenNew')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form={form} variant="primary" pending={make.isPending}>
            {t('settings.tokenCreate')}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit} className="flex flex-col gap-4">
        {make.error && <ErrorNotice title={t('settings.tokenCreateFailed')} error={make.error} />}
        <Field
          id={`${form}-name`}
          label={t('settings.tokenName')}
          hint={t('settings.tokenNameHint')}
          error={errorOf('name')}
        >
          {(control) => (
            <Input
              {...control}
              value={name}
              onChange={(event) => setName(event.target.value)}
              autoComplete="off"
              autoFocus
            />
          )}
        </Field>
        <Field id={`${form}-scope`} label={t('settings.tokenScope')}>
          {(control) => (
            <Select
              {...control}
              value={scope}
              onChange={(event) => setScope(event.target.value as Scope)}
            >
              {scopes.map((value) => (
                <option key={value} value={value}>
                  {t(SCOPE_WORDS[value])}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field id={`${form}-life`} label={t('settings.tokenLife')}>
          {(control) => (
            <Select
              {...control}
              value={days}
              onChange={(event) => setDays(Number(event.target.value))}
            >
              {LIVES.map(([value, word]) => (
                <option key={value} value={value}>
                  {t(word)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </form>
    </Dialog>
  );
}
