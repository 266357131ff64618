import { Bar } from './bar';

interface ProgressProps {
  readonly label: string;
  /** 0 to 1. */
  readonly fraction: number;
}

export function Progress({ label, fraction }: ProgressProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(fraction * 100)}
    >
      <Bar fraction={fraction} />
    </div>
  );
}
