/** Words to find machines by. */
export function VmTags({ tags }: { readonly tags: readonly string[] }) {
  if (tags.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1">
      {tags.map((tag) => (
        <li
          key={tag}
          className="max-w-40 truncate rounded-md border border-line px-1.5 text-muted text-xs"
        >
          {tag}
        </li>
      ))}
    </ul>
  );
}
