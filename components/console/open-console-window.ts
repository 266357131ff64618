import { BASE_PATH } from '../api/base-path';

/** Opens a machine's console in a window of its own; a second time, the window that is there comes to the front. */
export function openConsoleWindow(id: string): void {
  const path = `${BASE_PATH}/machines/${encodeURIComponent(id)}/console`;
  window.open(path, `virtdeck-console-${id}`, 'popup,width=920,height=640');
}
