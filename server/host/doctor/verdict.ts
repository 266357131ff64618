import type { Finding } from '../../api/doctor';

/** What a check says; whose it is, the doctor knows. */
export type Verdict = Omit<Finding, 'id'>;
