import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useReader } from '../i18n/language-provider';

export interface FieldControl {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: ReactNode;
  /** In the words of the schema, which the server has too. */
  readonly error?: string | undefined;
  /** The control takes these, so that label, hint and error belong to it. */
  readonly children: (control: FieldControl) => ReactNode;
}

export function Field({ id, label, hint, error, children }: FieldProps) {
  const { say } = useReader();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const described = [error ? errorId : '', hint ? hintId : ''].filter(Boolean).join(' ');
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-medium text-sm">
        {label}
      </label>
      {children({
        id,
        'aria-invalid': error ? true : undefined,
        'aria-describedby': described || undefined,
      })}
      {/* Always there, so that a screen reader hears an error that appears in it. */}
      <div id={errorId} aria-live="polite">
        {error && (
          <p className="mt-1.5 flex items-start gap-1.5 text-crashed text-sm">
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            {say(error)}
          </p>
        )}
      </div>
      {hint && (
        <p id={hintId} className="mt-1.5 text-faint text-xs">
          {hint}
        </p>
      )}
    </div>
  );
}
