'use client';

import { Terminal } from '@xterm/xterm';
import { Pause, Play } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { usePageTheme } from '../../charts/use-page-theme';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { CheckField } from '../../ui/check-field';
import { Select } from '../../ui/select';
import { terminalTheme } from '../terminal-theme';
import { useTerminalSettings } from '../use-terminal-settings';
import { type Cast, withoutPauses } from './cast';
import { CastPlayer, type PlayerState, SPEEDS, type Speed } from './cast-player';

const LONGEST_PAUSE_S = 2;
const SEEK_STEP_S = 0.1;
const IDLE: PlayerState = { isPlaying: false, place: 0, speed: 1 };

/** A terminal that plays `cast`, and what it takes to watch it. */
export function RecordingPlayer({ cast }: { readonly cast: Cast }) {
  const t = useText();
  const place = useRef<HTMLDivElement>(null);
  const [skipsPauses, setSkipsPauses] = useState(true);
  const shown = useMemo(
    () => (skipsPauses ? withoutPauses(cast, LONGEST_PAUSE_S) : cast),
    [cast, skipsPauses],
  );
  const player = usePlayer(shown, place);
  const state = useSyncExternalStore(
    (listener) => player?.subscribe(listener) ?? (() => {}),
    () => player?.state ?? IDLE,
    () => IDLE,
  );
  return (
    <div className="flex flex-col gap-3">
      <div className="overflow-x-auto rounded-md border border-line p-2">
        <div ref={place} className="font-mono" />
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          size="icon"
          label={t(state.isPlaying ? 'playback.pause' : 'playback.play')}
          onClick={() => player?.toggle()}
        >
          {state.isPlaying ? (
            <Pause aria-hidden className="fill-current" />
          ) : (
            <Play aria-hidden className="fill-current" />
          )}
        </Button>
        <input
          type="range"
          aria-label={t('playback.place')}
          aria-valuetext={t('playback.placeOf', {
            place: clock(state.place),
            duration: clock(shown.duration),
          })}
          min={0}
          // A whole number of steps, or its end could not be reached.
          max={Math.ceil(shown.duration / SEEK_STEP_S) * SEEK_STEP_S}
          step={SEEK_STEP_S}
          value={state.place}
          onChange={(event) => player?.seek(event.target.valueAsNumber)}
          className="h-9 min-w-40 flex-1 accent-accent"
        />
        <span className="text-muted text-sm tabular-nums">
          {clock(state.place)} / {clock(shown.duration)}
        </span>
        <Select
          aria-label={t('playback.speed')}
          className="w-24"
          value={state.speed}
          onChange={(event) => {
            const speed = SPEEDS.find((one) => String(one) === event.target.value);
            if (speed !== undefined) player?.setSpeed(speed);
          }}
        >
          {SPEEDS.map((speed: Speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </Select>
      </div>
      <CheckField
        label={t('playback.skipPauses', { seconds: LONGEST_PAUSE_S })}
        checked={skipsPauses}
        onChange={(event) => setSkipsPauses(event.target.checked)}
      />
    </div>
  );
}

/** A player whose screen stands in `place`; it begins at once. */
function usePlayer(cast: Cast, place: React.RefObject<HTMLElement | null>): CastPlayer | undefined {
  const theme = usePageTheme();
  const { fontSize, screenReader } = useTerminalSettings().settings;
  const [player, setPlayer] = useState<CastPlayer>();
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const terminal = new Terminal({
      theme: terminalTheme(theme),
      fontFamily: getComputedStyle(element).fontFamily,
      fontSize,
      screenReaderMode: screenReader,
      disableStdin: true,
      scrollback: 5000,
    });
    terminal.open(element);
    const started = new CastPlayer(cast, {
      clear: () => terminal.reset(),
      write: (output) => terminal.write(output),
      resize: ({ columns, rows }) => terminal.resize(columns, rows),
    });
    setPlayer(started);
    started.play();
    return () => {
      started.close();
      terminal.dispose();
      setPlayer(undefined);
    };
  }, [cast, place, theme, fontSize, screenReader]);
  return player;
}

/** Minutes and seconds: `1:05`. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
