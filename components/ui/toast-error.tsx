import { causeAndHint } from '../api/api-error';
import { toast } from './toast';

/** A failure of something that was pressed: what, why, and what to do about it. */
export function toastError(title: string, error: unknown): void {
  const { detail, hint } = causeAndHint(error);
  toast('error', title, {
    // Pressed twice, it is still one failure.
    id: title,
    description: (
      <>
        <span className="block">{detail}</span>
        <span className="mt-1 block">{hint}</span>
      </>
    ),
    duration: 12_000,
  });
}
