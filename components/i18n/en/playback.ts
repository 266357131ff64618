export const playback = {
  title: 'Recording of {when}',
  failed: 'The recording could not be played',
  download: 'Download',
  play: 'Play',
  pause: 'Pause',
  place: 'Place in the recording',
  placeOf: '{place} of {duration}',
  speed: 'Speed',
  skipPauses: 'Cut pauses to {seconds} seconds',
  popOut: 'Open in a window of its own',
  pasteTitle: 'Paste {count} lines?',
  pasteBody:
    'The guest did not ask for pasted text to be marked: it may run each line as it comes.',
  pasteConfirm: 'Paste',
} as const;
