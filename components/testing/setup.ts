import { format } from 'node:util';
import { cleanup, configure } from '@testing-library/react';
import { toast } from 'sonner';
import { afterEach, beforeEach, expect, vi } from 'vitest';

/** What React says of this DOM and not of our pages. */
const OF_THE_DOM = [
  // The theme's script is for the server's first drawing; here nothing is drawn before.
  'Encountered a script tag',
  'The tag <search> is unrecognized',
];
const complaints: string[] = [];

configure({ asyncUtilTimeout: 5_000 });

/**
 * No style sheet is loaded here, so that an element's own style is all there is; to compute the rest
 * of hundreds of elements for each query would take most of the time.
 */
const hidden = document.createElement('div').style;
hidden.display = 'none';
window.getComputedStyle = (element) =>
  element.hasAttribute('hidden') ? hidden : (element as HTMLElement).style;

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation((...words) => {
    const complaint = format(...words);
    if (!OF_THE_DOM.some((known) => complaint.startsWith(known))) complaints.push(complaint);
  });
});

afterEach(() => {
  cleanup();
  toast.dismiss();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  localStorage.clear();
  // A page that works makes React complain of nothing.
  expect(complaints.splice(0)).toEqual([]);
});
