'use client';

import { clsx } from 'clsx';
import { CircleAlert } from 'lucide-react';
import type { FieldErrors } from 'react-hook-form';
import { useText } from '../../i18n/use-text';
import { SECTIONS } from './create-sections';
import type { CreateValues } from './create-values';
import { useSectionInView } from './use-section-in-view';

const IDS = SECTIONS.map(({ id }) => id);

/** Ways to the sections; one with a wrong field is marked. */
export function CreateSectionNav({ errors }: { readonly errors: FieldErrors<CreateValues> }) {
  const t = useText();
  const inView = useSectionInView(IDS);
  return (
    <nav aria-label={t('create.sections')} className="sticky top-20 hidden self-start xl:block">
      <ul className="flex flex-col border-line border-l">
        {SECTIONS.map(({ id, title, fields }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              aria-current={id === inView ? 'location' : undefined}
              className={clsx(
                '-ml-px flex items-center justify-between gap-2 border-l-2 py-1.5 pl-4 text-sm transition-colors',
                id === inView
                  ? 'border-accent-text font-medium text-ink'
                  : 'border-transparent text-muted hover:border-line-strong hover:text-ink',
              )}
            >
              {t(title)}
              {fields.some((field) => errors[field]) && (
                <CircleAlert
                  role="img"
                  aria-label={t('create.sectionWrong')}
                  className="size-4 text-crashed"
                />
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
