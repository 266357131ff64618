import { z } from 'zod';
import { hostSchema } from '../host';
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
