import { CHECKS, type CheckId, type Finding } from '../../api/doctor';
import { messageOf } from '../../log/log';
import { checkHugePages, checkMemory } from './memory-checks';
import { checkKvm, checkMitigations, checkProcessor } from './processor-checks';
import { checkOpenFiles, checkQemuImg } from './program-checks';
import { checkIoUring, checkReflink, checkStorage } from './storage-checks';
import type { Subject } from './subject';
import type { Verdict } from './verdict';

type Check = (subject: Subject) => Verdict | Promise<Verdict>;

const CHECK: Readonly<Record<CheckId, Check>> = {
  kvm: checkKvm,
  processor: checkProcessor,
  mitigations: checkMitigations,
  memory: checkMemory,
  'huge-pages': checkHugePages,
  storage: checkStorage,
  reflink: checkReflink,
  'io-uring': checkIoUring,
  'qemu-img': checkQemuImg,
  'open-files': checkOpenFiles,
};

/** Looks at all that machines will need. One check that fails hides none of the others. */
export async function examineHost(subject: Subject): Promise<Finding[]> {
  return Promise.all(
    CHECKS.map(async (id) => {
      try {
        return { id, ...(await CHECK[id](subject)) };
      } catch (error) {
        return note(id, `This could not be looked at: ${messageOf(error)}.`);
      }
    }),
  );
}

function note(id: CheckId, detail: string): Finding {
  return { id, level: 'note', detail, hint: null };
}
