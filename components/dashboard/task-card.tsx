'use client';

import { useTasks } from '../api/lists';
import { useText } from '../i18n/use-text';
import { TaskStateBadge } from '../tasks/task-state';
import { useTaskWords } from '../tasks/task-words';
import { CardSection } from '../ui/card';
import { Skeleton } from '../ui/skeleton';
import { More } from './more';

const SHOWN = 6;

interface TaskCardProps {
  readonly className?: string;
  readonly title: 'dashboard.tasks' | 'dashboard.recent';
  readonly states: string;
  readonly empty: 'dashboard.tasksNone' | 'dashboard.recentNone';
}

/** The newest tasks that are in one of `states`. */
export function TaskCard({ className, title, states, empty }: TaskCardProps) {
  const t = useText();
  const wordOf = useTaskWords();
  const { items, isLoaded } = useTasks(states);
  if (!isLoaded) return <Skeleton className="h-48" />;
  return (
    <CardSection
      {...(className === undefined ? {} : { className })}
      title={t(title)}
      actions={items.length > 0 && <More href="/tasks" />}
    >
      {items.length === 0 ? (
        <p className="text-muted">{t(empty)}</p>
      ) : (
        <ul className="divide-y divide-line">
          {items.slice(0, SHOWN).map((task) => (
            <li key={task.id} className="flex items-center justify-between gap-3 py-2 first:pt-0">
              <span className="min-w-0">
                <span className="block truncate font-medium">{task.resource.name}</span>
                <span className="block text-faint text-xs">{wordOf(task.kind)}</span>
              </span>
              <TaskStateBadge task={task} />
            </li>
          ))}
        </ul>
      )}
    </CardSection>
  );
}
