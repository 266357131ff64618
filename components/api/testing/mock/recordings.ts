import type { Recording } from '@/server/api/recordings';
import { answer, type Handlers, NOTHING } from './contract';
import { notPossibleNow } from './refusal';
import { pageOf } from './shelf';
import type { World } from './world';

const CAST = '{"version":2,"width":80,"height":24}\n[0.5,"o","Welcome.\\r\\n"]\n';

export function recordingHandlers(world: World) {
  const goesOn = ({ state }: Recording) => state === 'recording';

  return {
    startRecording: ({ id: vmId }) => {
      const { name: vmName, state } = world.vms.get(vmId);
      if (state === 'stopped' || state === 'crashed') {
        throw notPossibleNow(
          'not-running',
          `The machine "${vmName}" does not run, so its console prints nothing.`,
          'Start the machine first.',
        );
      }
      if (world.recordings.all.some((one) => one.vmId === vmId && goesOn(one))) {
        throw notPossibleNow(
          'already-recording',
          `The console of "${vmName}" is being recorded already.`,
          'Stop that recording first.',
        );
      }
      const { id, name } = world.me();
      return answer(
        201,
        world.recordings.put({
          ...{ id: world.newId('recording'), vmId, vmName, user: { id, name } },
          state: 'recording',
          sizeBytes: 0,
          startedAt: world.now(),
          endedAt: null,
        }),
      );
    },

    listRecordings: ({ query: { vmId, limit, cursor } }) => {
      const items = world.recordings.all.filter((one) => vmId === undefined || one.vmId === vmId);
      return answer(200, pageOf(items.reverse(), { limit, cursor }));
    },

    getRecording: ({ id }) => answer(200, world.recordings.get(id)),

    stopRecording: ({ id }) => {
      if (!goesOn(world.recordings.get(id))) {
        throw notPossibleNow(
          'recording-ended',
          'The recording has ended already.',
          'There is nothing to stop.',
        );
      }
      return answer(
        200,
        world.recordings.change(id, {
          state: 'ended',
          sizeBytes: CAST.length,
          endedAt: world.now(),
        }),
      );
    },

    deleteRecording: ({ id }) => {
      world.recordings.remove(id);
      return NOTHING;
    },

    downloadRecording: ({ id }) => {
      world.recordings.get(id);
      return answer(200, CAST);
    },
  } satisfies Partial<Handlers>;
}
