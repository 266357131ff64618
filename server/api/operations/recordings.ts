import {
  createRecordingSchema,
  recordingPageSchema,
  recordingQuerySchema,
  recordingSchema,
} from '../recordings';
import { operationsOf, RUN, SEE } from './operation';

export const recordingOperations = operationsOf({
  startRecording: {
    method: 'POST',
    path: '/vms/{id}/recordings',
    tag: 'Recordings',
    summary: 'Begins to record a console.',
    needs: RUN,
    body: createRecordingSchema,
    bodyOptional: true,
    creates: true,
    answers: { 201: recordingSchema },
  },
  listRecordings: {
    method: 'GET',
    path: '/recordings',
    tag: 'Recordings',
    summary: 'Lists recordings, the newest first.',
    needs: SEE,
    query: recordingQuerySchema,
    answers: { 200: recordingPageSchema },
  },
  getRecording: {
    method: 'GET',
    path: '/recordings/{id}',
    tag: 'Recordings',
    summary: 'Tells of one recording.',
    needs: SEE,
    answers: { 200: recordingSchema },
  },
  deleteRecording: {
    method: 'DELETE',
    path: '/recordings/{id}',
    tag: 'Recordings',
    summary: 'Deletes a recording; one that goes on is stopped.',
    needs: RUN,
    answers: { 204: 'nothing' },
  },
  stopRecording: {
    method: 'POST',
    path: '/recordings/{id}/stop',
    tag: 'Recordings',
    summary: 'Ends a recording.',
    needs: RUN,
    answers: { 200: recordingSchema },
  },
  downloadRecording: {
    method: 'GET',
    path: '/recordings/{id}/cast',
    tag: 'Recordings',
    summary: 'Gives what was recorded as an asciicast v2.',
    needs: SEE,
    answers: { 200: 'application/x-asciicast' },
  },
});
