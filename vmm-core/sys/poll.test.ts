import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { close, EventFd } from './files';
import { watchReadable } from './poll';

it('a watch that was stopped is told nothing more, and its descriptor can be closed', async () => {
  const event = EventFd.create();
  let wakes = 0;
  const stop = watchReadable(event.fd, () => {
    event.clear();
    wakes += 1;
  });
  event.signal();
  await expect.poll(() => wakes).toBe(1);

  stop();
  stop();
  event.signal();
  await sleep(20);
  expect(wakes).toBe(1);
  close(event.fd);
});
