import { expect, it } from 'vitest';
import { fleetFiguresSchema } from '../api/metrics';
import { someSample } from '../testing/some-sample';
import { Revocations } from '../users/revocations';
import { streamFleetFigures } from './fleet-stream';
import { SseStreams } from './sse';

it('tells of all machines that run: the last minutes first', async () => {
  const streams = new SseStreams();
  const samples = Array.from({ length: 200 }, (_, second) =>
    someSample({
      at: new Date(second * 1000).toISOString(),
      vcpus: [
        { running: second / 200, waiting: 0, halted: null },
        { running: 0, waiting: 1, halted: null },
      ],
    }),
  );
  const list = () =>
    [
      { id: 'a', state: 'running' },
      { id: 'new', state: 'running' },
      { id: 'off', state: 'stopped' },
    ] as never;
  const response = streamFleetFigures(
    {
      streams,
      revocations: new Revocations(),
      vms: { list },
      agent: { samples: (id) => (id === 'new' ? [] : samples) },
    },
    { who: { grantId: 's' }, signal: new AbortController().signal },
  );
  streams.closeAll('bye');
  const data = /event: figures\ndata: (.*)\n/.exec(await response.text())?.[1] ?? '';
  const { machines } = fleetFiguresSchema.parse(JSON.parse(data));
  expect(Object.keys(machines)).toEqual(['a', 'new']);
  expect(machines['new']).toEqual([]);
  expect(machines['a']).toHaveLength(45);
  expect(machines['a']?.slice(-2).map(({ cpu }) => cpu)).toEqual([0.493, 0.498]);
});
