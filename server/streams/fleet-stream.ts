import type { FleetFigures, VmFigures, VmSample } from '../api/metrics';
import type { HostAgent } from '../host/agent';
import type { VmService } from '../vms/vm-service';
import { type FollowParts, follow, type MetricsReader } from './metrics-stream';

/** Lists show shapes, not seconds. */
const STEP_SECONDS = 2;
/** How many steps the first message goes back. */
const PAST_STEPS = 45;

interface FleetParts extends FollowParts {
  readonly agent: Pick<HostAgent, 'samples'>;
  readonly vms: Pick<VmService, 'list'>;
}

/** `GET /metrics/stream`: one stream for all machines, since a browser opens but six of them. */
export function streamFleetFigures(parts: FleetParts, reader: MetricsReader): Response {
  return follow(parts, reader, 'figures', (send) => {
    const tell = (steps: number) => send(fleetFigures(parts, steps));
    tell(PAST_STEPS);
    const timer = setInterval(() => tell(1), STEP_SECONDS * 1000);
    return () => clearInterval(timer);
  });
}

/** @param steps how many of each machine, at most */
function fleetFigures({ agent, vms }: FleetParts, steps: number): FleetFigures {
  const machines: Record<string, VmFigures[]> = {};
  for (const { id, state } of vms.list()) {
    if (state === 'running' || state === 'paused') {
      machines[id] = newest(agent.samples(id), steps).map(figuresOf);
    }
  }
  return { stepSeconds: STEP_SECONDS, machines };
}

/** Every other of the newest samples, oldest first. */
function newest(samples: readonly VmSample[], steps: number): VmSample[] {
  const chosen: VmSample[] = [];
  for (let at = samples.length - 1; at >= 0 && chosen.length < steps; at -= STEP_SECONDS) {
    const sample = samples[at];
    if (sample !== undefined) chosen.push(sample);
  }
  return chosen.reverse();
}

function figuresOf({ vcpus, memory }: VmSample): VmFigures {
  const running = vcpus.reduce((sum, vcpu) => sum + vcpu.running, 0) / Math.max(1, vcpus.length);
  return {
    cpu: Math.round(running * 1000) / 1000,
    memoryBytes: Math.round(memory.guestUsedBytes ?? memory.residentBytes),
  };
}
