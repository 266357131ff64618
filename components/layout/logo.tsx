/** Two cards of a deck, the front one with a prompt. */
export function LogoMark({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className} fill="none">
      <rect x="8" y="3" width="21" height="19" rx="5" className="fill-accent opacity-35" />
      <rect x="3" y="9" width="22" height="20" rx="5" className="fill-accent" />
      <path
        d="m8.5 15 4 4-4 4"
        className="stroke-accent-ink"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path d="M15 23h5" className="stroke-accent-ink" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}
