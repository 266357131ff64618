import { z } from 'zod';
import { auditEntrySchema } from '../api/audit';
import { diskSchema } from '../api/disks';
import { hostSchema } from '../api/host';
import { imageSchema, storedImageSchema } from '../api/images';
import { vmSampleSchema } from '../api/metrics';
import { problemSchema } from '../api/problem';
import { recordingSchema } from '../api/recordings';
import { taskSchema } from '../api/tasks';
import { uploadSchema } from '../api/uploads';
import { accountSchema } from '../api/users';
import { crashSchema, vmSchema } from '../api/vms';

/** What the document calls the things that many requests are about. */
export const componentNames = z.registry<{ id: string }>();

const NAMES = {
  Account: accountSchema,
  AuditEntry: auditEntrySchema,
  Crash: crashSchema,
  DefaultImage: imageSchema,
  Disk: diskSchema,
  Host: hostSchema,
  Image: storedImageSchema,
  Problem: problemSchema,
  Recording: recordingSchema,
  Sample: vmSampleSchema,
  Task: taskSchema,
  Upload: uploadSchema,
  Vm: vmSchema,
} as const;

for (const [id, schema] of Object.entries(NAMES)) componentNames.add(schema, { id });
