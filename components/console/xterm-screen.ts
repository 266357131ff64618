import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { type ITheme, Terminal } from '@xterm/xterm';
import type { ConsoleScreen } from './console-connection';
import { ReplayGuard } from './replay-guard';

const ORDINARY_REM = 16;
const SCROLLBACK_LINES = 20_000;
/** RIS, "reset to initial state": goes through the queue, so that it stays in order with output. */
const FULL_RESET = '\u001bc';

export interface ScreenLook {
  readonly theme: ITheme;
  readonly isDark: boolean;
  readonly fontSize: number;
  readonly screenReader: boolean;
}

export interface ScreenEvents {
  /** What the person or the terminal itself has to say to the guest. */
  input(bytes: Uint8Array): void;
  /** A key that is the page's and not the guest's. @returns whether it was taken */
  shortcut(event: KeyboardEvent): boolean;
  selection(hasSelection: boolean): void;
  /** `index` is -1 when there are too many to count, or none. */
  found(index: number, count: number): void;
  /** Lines that are to be pasted and that the guest would run one by one: somebody has to agree. */
  manyLines(text: string): void;
}

/** The terminal in the page. */
export class XtermScreen implements ConsoleScreen {
  private readonly terminal: Terminal;
  private readonly fitAddon = new FitAddon();
  private readonly search = new SearchAddon({ highlightLimit: 1_000 });
  private readonly replay = new ReplayGuard();
  private readonly encoder = new TextEncoder();
  private disposed = false;
  private readonly undo: (() => void)[] = [];
  private isDark: boolean;

  /** @param gapText the words for output that is missing */
  constructor(
    look: ScreenLook,
    private readonly events: ScreenEvents,
    private readonly gapText: (bytes: number) => string,
  ) {
    this.isDark = look.isDark;
    this.terminal = new Terminal({
      theme: look.theme,
      fontSize: pixels(look.fontSize),
      screenReaderMode: look.screenReader,
      scrollback: SCROLLBACK_LINES,
      cursorBlink: true,
      lineHeight: 1.15,
      // A serial port tells a guest no size; one that asks the terminal is answered.
      windowOptions: { getWinSizeChars: true },
      // The search decorations are behind this.
      allowProposedApi: true,
    });
  }

  /** Shows the terminal in `element`, in its font and its size. */
  open(element: HTMLElement): void {
    const { terminal } = this;
    const { fontFamily } = getComputedStyle(element);
    terminal.options.fontFamily = fontFamily;
    terminal.loadAddon(this.fitAddon);
    terminal.loadAddon(this.search);
    terminal.loadAddon(new WebLinksAddon((_, link) => window.open(link, '_blank', 'noopener')));
    terminal.open(element);
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = '11';
    this.guardPaste(element);
    this.accelerate();
    this.fit();
    void this.measureAgain(fontFamily);
    terminal.onKey(() => this.replay.end());
    terminal.onData((text) => {
      if (this.replay.lets(text)) this.events.input(this.encoder.encode(text));
    });
    // Mouse reports of the old kind are bytes, not text.
    terminal.onBinary((text) => this.events.input(bytesOf(text)));
    terminal.onSelectionChange(() => this.events.selection(terminal.hasSelection()));
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.type !== 'keydown') return true;
      const taken = this.events.shortcut(event);
      // xterm sends Shift+Tab and lets the browser move the focus all the same.
      if (taken || event.key === 'Tab') event.preventDefault();
      return !taken;
    });
    this.search.onDidChangeResults(({ resultIndex, resultCount }) =>
      this.events.found(resultIndex, resultCount),
    );
  }

  dispose(): void {
    this.disposed = true;
    this.replay.end();
    for (const undo of this.undo) undo();
    this.terminal.dispose();
  }

  // What a connection does with it.

  /** Output that was kept is about to come. */
  connected(): void {
    this.replay.begin();
  }

  write(bytes: Uint8Array, shown: () => void): void {
    this.terminal.write(bytes, () => {
      this.replay.shown();
      shown();
    });
  }

  clear(): void {
    this.terminal.write(FULL_RESET);
  }

  gap(bytes: number, shown: () => void): void {
    // Reversed and on a line of its own: nobody takes it for the guest's words.
    this.terminal.write(`\u001b[0m\r\n\u001b[7m ${this.gapText(bytes)} \u001b[0m\r\n`, shown);
  }

  // What a person does with it.

  focus(): void {
    this.terminal.focus();
  }

  fit(): void {
    this.fitAddon.fit();
  }

  /** Asks first where each line would run as it comes. */
  paste(text: string): void {
    if (this.runsEachLine(text)) this.events.manyLines(text);
    else this.pasteAll(text);
  }

  pasteAll(text: string): void {
    this.replay.end();
    this.terminal.paste(text);
    this.terminal.focus();
  }

  /** A guest that asked for bracketed paste can tell lines that were pasted from lines that were typed. */
  private runsEachLine(text: string): boolean {
    return /[\r\n]./s.test(text) && !this.terminal.modes.bracketedPasteMode;
  }

  get selection(): string {
    return this.terminal.getSelection();
  }

  find(text: string, direction: 'next' | 'previous', incremental = false): void {
    const options = { incremental, decorations: searchColours(this.isDark) };
    if (direction === 'next') this.search.findNext(text, options);
    else this.search.findPrevious(text, options);
  }

  endSearch(): void {
    this.search.clearDecorations();
    this.terminal.clearSelection();
  }

  setLook(look: ScreenLook): void {
    const { options } = this.terminal;
    this.isDark = look.isDark;
    options.theme = look.theme;
    options.fontSize = pixels(look.fontSize);
    options.screenReaderMode = look.screenReader;
    this.fit();
  }

  /** Cells are measured when the terminal opens; a font that comes later has other ones. */
  private async measureAgain(fontFamily: string): Promise<void> {
    const { options } = this.terminal;
    await document.fonts.load(`${options.fontSize}px ${fontFamily}`);
    if (this.disposed) return;
    options.fontFamily = 'monospace';
    options.fontFamily = fontFamily;
    this.terminal.clearTextureAtlas();
    this.fit();
  }

  /** The browser's own way to paste goes by xterm, past the question. */
  private guardPaste(element: HTMLElement): void {
    const ask = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (!this.runsEachLine(text)) return;
      event.preventDefault();
      event.stopPropagation();
      this.events.manyLines(text);
    };
    element.addEventListener('paste', ask, { capture: true });
    this.undo.push(() => element.removeEventListener('paste', ask, { capture: true }));
  }

  /** WebGL where there is one; without it, or when the browser takes it away, xterm draws with DOM. */
  private accelerate(): void {
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => webgl.dispose());
      this.terminal.loadAddon(webgl);
    } catch {
      // No WebGL2 here.
    }
  }
}

/** Font sizes are for an ordinary page; on a wall screen all text of the page is larger. */
function pixels(fontSize: number): number {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return Math.round((fontSize * rem) / ORDINARY_REM);
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

function searchColours(isDark: boolean) {
  // The one of now is the selection, in its own colour; these are the others.
  const match = isDark ? '#5c4a16' : '#f7e2a0';
  return {
    matchBackground: match,
    matchOverviewRuler: match,
    activeMatchColorOverviewRuler: match,
  };
}
