'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { Output } from '@/server/api/client';
import type { StoredImageKind } from '@/server/api/images';
import { bodies } from '../api/bodies';
import { request } from '../api/client';
import { fieldErrors } from '../api/form-errors';
import { keys } from '../api/keys';
import { formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ErrorNotice } from '../ui/error-notice';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Progress } from '../ui/progress';
import { Select } from '../ui/select';
import { toast } from '../ui/toast';
import { useUnsaved } from '../unsaved/use-unsaved';
import { KIND_WORDS } from './image-kinds';
import { uploadImage } from './upload-image';

export type AddFrom = 'file' | 'address';

interface AddImageDialogProps {
  readonly from: AddFrom;
  readonly onClose: () => void;
}

/** Sends a file of this computer, or lets the console fetch one. */
export function AddImageDialog({ from, onClose }: AddImageDialogProps) {
  const t = useText();
  const formId = useId();
  const client = useQueryClient();
  const [kind, setKind] = useState<StoredImageKind>('disk');
  const [name, setName] = useState('');
  const [file, setFile] = useState<File>();
  const [url, setUrl] = useState('');
  const [sha256, setSha256] = useState('');
  const [fraction, setFraction] = useState(0);
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leaving.current = controller;
    // A page that is left sends no more; what has arrived stays for the next try.
    return () => controller.abort();
  }, []);
  const add = useMutation({
    mutationFn: () =>
      from === 'file' && file !== undefined
        ? uploadImage({ file, name, kind }, setFraction, leaving.current.signal)
        : request<Output<'getTask'>>('POST', '/images', {
            body: { name, kind, url, sha256 },
            bodySchema: bodies.imageImport,
            creates: true,
          }),
    onSuccess: () => {
      toast('success', t('images.addBegun', { name }));
      void client.invalidateQueries({ queryKey: keys.storedImages });
      void client.invalidateQueries({ queryKey: keys.tasks });
      onClose();
    },
  });
  // A file that is half sent would have to be chosen again.
  useUnsaved(add.isPending);
  const errorOf = fieldErrors(add.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const choose = (chosen: File | undefined) => {
    setFile(chosen);
    if (chosen && name === '') setName(chosen.name);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      guarded
      title={t(from === 'file' ? 'images.upload' : 'images.import')}
      description={t(from === 'file' ? 'images.uploadHint' : 'images.importHint')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            pending={add.isPending}
            disabledReason={
              from === 'file' && file === undefined ? t('images.fileMissing') : undefined
            }
          >
            {t(from === 'file' ? 'images.uploadStart' : 'images.importStart')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={submit} className="flex flex-col gap-4">
        {add.error && <ErrorNotice title={t('images.addFailed')} error={add.error} />}
        {from === 'file' ? (
          <Field id={`${formId}-file`} label={t('images.file')}>
            {(control) => (
              <input
                {...control}
                type="file"
                onChange={(event) => choose(event.target.files?.[0])}
                className="block w-full text-sm file:mr-3 file:h-9 file:rounded-md file:border file:border-line-strong file:bg-surface file:px-3 file:font-medium"
              />
            )}
          </Field>
        ) : (
          <>
            <Field id={`${formId}-url`} label={t('images.url')} error={errorOf('url')}>
              {(control) => (
                <Input
                  {...control}
                  type="url"
                  inputMode="url"
                  value={url}
                  onChange={(event) => setUrl(event.target.value)}
                  placeholder="https://"
                />
              )}
            </Field>
            <Field
              id={`${formId}-sha256`}
              label="SHA-256"
              hint={t('images.sha256Hint')}
              error={errorOf('sha256')}
            >
              {(control) => (
                <Input
                  {...control}
                  mono
                  value={sha256}
                  onChange={(event) => setSha256(event.target.value.trim())}
                />
              )}
            </Field>
          </>
        )}
        <Field id={`${formId}-name`} label={t('images.name')} error={errorOf('name')}>
          {(control) => (
            <Input {...control} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Field id={`${formId}-kind`} label={t('images.kind')}>
          {(control) => (
            <Select
              {...control}
              value={kind}
              onChange={(event) => setKind(event.target.value as StoredImageKind)}
            >
              {Object.entries(KIND_WORDS).map(([value, word]) => (
                <option key={value} value={value}>
                  {t(word)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {add.isPending && from === 'file' && (
          <div>
            <p className="mb-1.5 text-right text-muted text-sm tabular-nums">
              {formatPercent(fraction)}
            </p>
            <Progress label={t('images.uploadProgress')} fraction={fraction} />
          </div>
        )}
      </form>
    </Dialog>
  );
}
