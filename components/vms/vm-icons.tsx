import { Pause, Play, Power, RotateCcw, Square, SquareTerminal, Trash2 } from 'lucide-react';

/** Filled, as on every player: an empty square looks like a box to tick. */
export const StartIcon = () => <Play aria-hidden className="fill-current" />;
export const StopIcon = () => <Square aria-hidden className="scale-80 fill-current" />;
export const PauseIcon = () => <Pause aria-hidden className="fill-current" />;
export const ShutdownIcon = () => <Power aria-hidden />;
export const ResetIcon = () => <RotateCcw aria-hidden />;
export const DeleteIcon = () => <Trash2 aria-hidden />;
export const ConsoleIcon = () => <SquareTerminal aria-hidden />;
