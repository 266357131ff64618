import { z } from 'zod';
import { doctorSchema } from '../doctor';
import { hostSchema } from '../host';
import { historyQuerySchema, historySchema, hostMetricsSchema } from '../metrics';
import { settingsSchema, storedSettingsSchema } from '../settings';
import { operationsOf, RULE, SEE } from './operation';

export const consoleOperations = operationsOf({
  getHost: {
    method: 'GET',
    path: '/host',
    tag: 'Host',
    summary: 'Tells what the host has and can do.',
    needs: SEE,
    answers: { 200: hostSchema },
  },
  examineHost: {
    method: 'GET',
    path: '/host/doctor',
    tag: 'Host',
    summary: 'Tells what helps machines on this host, and what stands in their way.',
    needs: SEE,
    answers: { 200: doctorSchema },
  },
  getHostMetrics: {
    method: 'GET',
    path: '/host/metrics',
    tag: 'Host',
    summary: 'Gives the figures of the last ten minutes.',
    needs: SEE,
    answers: { 200: hostMetricsSchema },
  },
  getHostHistory: {
    method: 'GET',
    path: '/host/metrics/history',
    tag: 'Host',
    summary: 'Gives the figures of hours, days or months.',
    needs: SEE,
    query: historyQuerySchema,
    answers: { 200: historySchema },
  },
  followHostMetrics: {
    method: 'GET',
    path: '/host/metrics/stream',
    tag: 'Host',
    summary: 'Streams a sample of figures each second.',
    needs: SEE,
    answers: { 200: 'text/event-stream' },
  },
  followEvents: {
    method: 'GET',
    path: '/events',
    tag: 'Events',
    summary: 'Streams every change; Last-Event-ID takes it up where it broke off.',
    needs: SEE,
    answers: { 200: 'text/event-stream' },
  },
  getSettings: {
    method: 'GET',
    path: '/settings',
    tag: 'Settings',
    summary: 'Gives all settings.',
    needs: RULE,
    answers: { 200: storedSettingsSchema },
  },
  replaceSettings: {
    method: 'PUT',
    path: '/settings',
    tag: 'Settings',
    summary: 'Sets all settings; what is left out takes its default.',
    needs: RULE,
    body: settingsSchema,
    versioned: true,
    answers: { 200: storedSettingsSchema },
  },
  getApiDescription: {
    method: 'GET',
    path: '/openapi.json',
    tag: 'About',
    summary: 'Is this description, in OpenAPI 3.1.',
    needs: 'open',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
  },
});
