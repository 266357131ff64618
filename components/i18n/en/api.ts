export const api = {
  unreachable: 'The console does not answer.',
  unreachableHint: 'Check that virtdeck is running and that this device reaches it.',
  strangeAnswer: 'The console answered with something this page does not understand.',
  strangeAnswerHint: 'Reload the page: it may be older than the console.',
  failedWithStatus: 'The console answered {status} without saying why.',
  invalidHint: 'Correct it and try again.',
} as const;
