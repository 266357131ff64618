import { consoleTicketSchema } from '../console';
import { historyQuerySchema, historySchema, vmMetricsSchema } from '../metrics';
import { pageQuerySchema } from '../paging';
import { anyVmEventListSchema, vmEventListSchema } from '../vm-events';
import { changeVmSchema, createVmSchema, shutdownSchema, vmListSchema, vmSchema } from '../vms';
import { operationsOf, RUN, SEE } from './operation';

const tag = 'Machines';

const act = <const S extends string, const N extends string>(action: N, summary: S) =>
  ({
    method: 'POST',
    path: `/vms/{id}/${action}`,
    tag,
    summary,
    needs: RUN,
    answers: { 200: vmSchema },
  }) as const;

export const machineOperations = operationsOf({
  listVms: {
    method: 'GET',
    path: '/vms',
    tag,
    summary: 'Lists the machines.',
    needs: SEE,
    answers: { 200: vmListSchema },
  },
  createVm: {
    method: 'POST',
    path: '/vms',
    tag,
    summary: 'Makes a machine, and starts it when asked to.',
    needs: RUN,
    body: createVmSchema,
    creates: true,
    answers: { 201: vmSchema },
  },
  getVm: {
    method: 'GET',
    path: '/vms/{id}',
    tag,
    summary: 'Tells all of one machine.',
    needs: SEE,
    answers: { 200: vmSchema },
  },
  changeVm: {
    method: 'PATCH',
    path: '/vms/{id}',
    tag,
    summary: 'Changes a machine; a new configuration comes with its next start.',
    needs: RUN,
    body: changeVmSchema,
    versioned: true,
    answers: { 200: vmSchema },
  },
  deleteVm: {
    method: 'DELETE',
    path: '/vms/{id}',
    tag,
    summary: 'Deletes a machine that is off. Its disks stay.',
    needs: RUN,
    answers: { 204: 'nothing' },
  },
  startVm: act('start', 'Begins a start; events tell how it goes on.'),
  pauseVm: act('pause', 'Halts all vCPUs.'),
  resumeVm: act('resume', 'Lets the vCPUs of a paused machine go on.'),
  resetVm: act('reset', 'Boots it anew, as a reset button does.'),
  stopVm: act('stop', 'Pulls the plug.'),
  shutdownVm: {
    ...act('shutdown', 'Presses the power button. A guest that does not heed it runs on.'),
    body: shutdownSchema,
    bodyOptional: true,
  },
  listVmEvents: {
    method: 'GET',
    path: '/vms/{id}/events',
    tag,
    summary: 'Tells what happened to a machine, newest first.',
    needs: SEE,
    query: pageQuerySchema,
    answers: { 200: vmEventListSchema },
  },
  listAnyVmEvents: {
    method: 'GET',
    path: '/vm-events',
    tag,
    summary: 'Tells what happened to machines, newest first.',
    needs: SEE,
    query: pageQuerySchema,
    answers: { 200: anyVmEventListSchema },
  },
  getVmMetrics: {
    method: 'GET',
    path: '/vms/{id}/metrics',
    tag,
    summary: 'Gives the figures of the last ten minutes.',
    needs: SEE,
    answers: { 200: vmMetricsSchema },
  },
  getVmHistory: {
    method: 'GET',
    path: '/vms/{id}/metrics/history',
    tag,
    summary: 'Gives the figures of hours, days or months.',
    needs: SEE,
    query: historyQuerySchema,
    answers: { 200: historySchema },
  },
  followVmMetrics: {
    method: 'GET',
    path: '/vms/{id}/metrics/stream',
    tag,
    summary: 'Streams a sample of figures each second.',
    needs: SEE,
    answers: { 200: 'text/event-stream' },
  },
  followFigures: {
    method: 'GET',
    path: '/metrics/stream',
    tag,
    summary: 'Streams processor and memory of all machines that run, every other second.',
    needs: SEE,
    answers: { 200: 'text/event-stream' },
  },
  getVmLog: {
    method: 'GET',
    path: '/vms/{id}/log',
    tag,
    summary: 'Gives the last lines of the monitor’s own log.',
    needs: SEE,
    answers: { 200: 'text/plain' },
  },
  createConsoleTicket: {
    method: 'POST',
    path: '/vms/{id}/console-tickets',
    tag,
    summary: 'Gives a ticket that opens the console’s WebSocket once.',
    needs: SEE,
    answers: { 201: consoleTicketSchema },
  },
  openConsole: {
    method: 'GET',
    path: '/vms/{id}/console',
    tag,
    summary: 'Is the console’s WebSocket; without an upgrade it answers 426.',
    needs: SEE,
    answers: {},
  },
  getConsoleLog: {
    method: 'GET',
    path: '/vms/{id}/console/log',
    tag,
    summary: 'Gives what is kept of the console’s output.',
    needs: SEE,
    answers: { 200: 'text/plain' },
  },
});
