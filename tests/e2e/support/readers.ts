import { readerOf } from '../../../components/i18n/reader';
import { zh } from '../../../components/i18n/zh/translation';

/** Everybody the pages are written for; a journey is made by each. */
export const READERS = [readerOf('en', undefined), readerOf('zh', zh)] as const;
