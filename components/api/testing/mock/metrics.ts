import {
  fleetFiguresSchema,
  type History,
  type HostSample,
  vmSampleSchema,
} from '@/server/api/metrics';
import { answer, type Handlers } from './contract';
import type { World } from './world';

const NO_HISTORY: History = { stepSeconds: 60, times: [], columns: {} };

/** Figures of now and of long ago. */
export function metricsHandlers(world: World) {
  return {
    getVmMetrics: ({ id }) => {
      world.vms.get(id);
      return answer(200, { stepSeconds: 1, samples: [...(world.samples.get(id) ?? [])] });
    },
    getVmHistory: ({ id }) => {
      world.vms.get(id);
      return answer(200, NO_HISTORY);
    },
    followVmMetrics: ({ id }, stream) => {
      world.vms.get(id);
      for (const sample of world.samples.get(id) ?? [])
        stream.send('sample', vmSampleSchema.parse(sample));
    },
    followFigures: (_call, stream) => {
      const machines = Object.fromEntries(world.figures);
      stream.send('figures', fleetFiguresSchema.parse({ stepSeconds: 2, machines }));
    },
    getHostMetrics: () => answer(200, { stepSeconds: 1, samples: [hostSample(world)] }),
    getHostHistory: () => answer(200, NO_HISTORY),
    followHostMetrics: (_call, stream) => stream.send('sample', hostSample(world)),
  } satisfies Partial<Handlers>;
}

function hostSample({ host }: World): HostSample {
  return {
    at: new Date().toISOString(),
    cpu: { busy: 0.1, cores: Array.from({ length: host.cpus }, () => 0.1) },
    memory: { totalBytes: host.memoryBytes, availableBytes: host.memoryAvailableBytes },
    load1: 0.5,
    dataFreeBytes: host.dataFreeBytes,
    pressure: null,
  };
}
