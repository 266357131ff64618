import { formatDateTime, formatMoment } from '../i18n/format';
import { Tooltip } from './tooltip';

/** When something was, as short as a list wants it; the hover says it whole. */
export function Moment({ iso }: { readonly iso: string }) {
  return (
    <Tooltip content={formatDateTime(iso)}>
      <time dateTime={iso} className="tabular-nums">
        {formatMoment(iso)}
      </time>
    </Tooltip>
  );
}
