import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { MachineConfig } from '../machine/config';
import {
  type ConsoleNotice,
  encodeFrame,
  FRAME_BYTES,
  FRAME_NOTICE,
  FrameDecoder,
} from './console-frames';
import type { MachineStatus, MonitorMetrics, MonitorProblem } from './protocol';

/** The monitor's answer was a problem, or there was none. */
export class MonitorError extends Error {
  constructor(
    readonly problem: MonitorProblem,
    options?: ErrorOptions,
  ) {
    super(problem.detail, options);
    this.name = 'MonitorError';
  }
}

export type MachineActionName = 'start' | 'pause' | 'resume' | 'reset' | 'stop';

export interface ConsoleConnection {
  /** @returns false when the monitor does not keep up; wait for onDrain */
  write(bytes: Uint8Array): boolean;
  /** Stops and goes on reading: back-pressure for a slow viewer. */
  pause(): void;
  resume(): void;
  close(): void;
}

export interface ConsoleListener {
  onBytes(bytes: Buffer): void;
  onNotice(notice: ConsoleNotice): void;
  onDrain?(): void;
  onClose(): void;
}

/** Speaks the control API of one monitor. Safe to use from many places at once. */
export class MonitorClient {
  /** One kept connection is enough: answers come at once. */
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 4 });

  constructor(private readonly socketPath: string) {}

  status(): Promise<MachineStatus> {
    return this.json('GET', '/v1/machine');
  }

  async configure(config: MachineConfig): Promise<void> {
    await this.request('PUT', '/v1/machine/config', JSON.stringify(config));
  }

  act(action: MachineActionName): Promise<MachineStatus> {
    return this.json('POST', `/v1/machine/${action}`);
  }

  metrics(): Promise<MonitorMetrics> {
    return this.json('GET', '/v1/metrics');
  }

  consoleLog(): Promise<Buffer> {
    return this.request('GET', '/v1/console/log');
  }

  async sendInput(bytes: string | Uint8Array): Promise<void> {
    await this.request('POST', '/v1/console/input', bytes);
  }

  async quit(): Promise<void> {
    await this.request('POST', '/v1/quit');
  }

  /** Follows the machine's status, the present one first. `onEnd` is called once. */
  watch(onStatus: (status: MachineStatus) => void, onEnd: () => void): { close(): void } {
    let ended = false;
    const end = (): void => {
      if (!ended) onEnd();
      ended = true;
    };
    const request = http.get({ socketPath: this.socketPath, path: '/v1/events' }, (response) => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onStatus(JSON.parse(line) as MachineStatus);
      });
      response.on('close', end).on('error', end);
    });
    request.on('error', end);
    return {
      close: () => {
        ended = true;
        request.destroy();
      },
    };
  }

  /** @param offset the first console byte wanted */
  openConsole(offset: number, listener: ConsoleListener): Promise<ConsoleConnection> {
    return new Promise((resolve, reject) => {
      const request = http.get({
        socketPath: this.socketPath,
        path: `/v1/console?offset=${offset}`,
        headers: { connection: 'upgrade', upgrade: 'virtdeck-console' },
      });
      request.on('error', (error) => reject(unreachable(error)));
      request.on('response', (response) => {
        response.resume();
        reject(unreachable(new Error(`status ${response.statusCode}`)));
      });
      request.on('upgrade', (_response, socket: Duplex, head: Buffer) => {
        resolve(consoleConnection(socket, head, listener));
      });
    });
  }

  private async json<T>(method: string, path: string, body?: string): Promise<T> {
    return JSON.parse((await this.request(method, path, body)).toString('utf8')) as T;
  }

  private request(method: string, path: string, body?: string | Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const { socketPath, agent } = this;
      const request = http.request({ socketPath, agent, method, path }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => reject(unreachable(error)));
        response.on('end', () => {
          const answer = Buffer.concat(chunks);
          if ((response.statusCode ?? 500) < 400) resolve(answer);
          else reject(new MonitorError(JSON.parse(answer.toString('utf8')) as MonitorProblem));
        });
      });
      request.on('error', (error) => reject(unreachable(error)));
      request.end(body);
    });
  }
}

function consoleConnection(
  socket: Duplex,
  head: Buffer,
  listener: ConsoleListener,
): ConsoleConnection {
  const decoder = new FrameDecoder((type, payload) => {
    if (type === FRAME_BYTES) listener.onBytes(payload);
    else if (type === FRAME_NOTICE) {
      listener.onNotice(JSON.parse(payload.toString('utf8')) as ConsoleNotice);
    }
  });
  const read = (chunk: Buffer): void => {
    try {
      decoder.push(chunk);
    } catch {
      socket.destroy();
    }
  };
  if (head.length > 0) setImmediate(read, head);
  socket.on('data', read);
  socket.on('drain', () => listener.onDrain?.());
  socket.on('error', () => undefined);
  socket.on('close', () => listener.onClose());
  return {
    write: (bytes) => socket.write(encodeFrame(FRAME_BYTES, bytes)),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => socket.destroy(),
  };
}

function unreachable(cause: Error): MonitorError {
  return new MonitorError(
    {
      title: 'The monitor does not answer',
      status: 502,
      code: 'monitor-unreachable',
      detail: `The machine's monitor does not answer: ${cause.message}`,
      hint: "It may have ended: see the machine's state and the monitor's log.",
    },
    { cause },
  );
}
