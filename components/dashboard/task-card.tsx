'use client';

import { useTasks } from '../api/lists';
import { useText } from '../i18n/use-text';
import { TaskStateBadge } from '../tasks/task-state';
import { useTaskWords } from '../tasks/task-words';
import { CardSection } from '../ui/card';
import { Moment } from '../ui/moment';
import { Progress } from '../ui/progress';
import { AwaitedCard } from './awaited-card';
import { More } from './more';

const SHOWN = 6;

/** Long work: what goes on first, then what ended last. */
export function TaskCard() {
  const t = useText();
  const wordOf = useTaskWords();
  const tasks = useTasks();
  const { items, isLoaded } = tasks;
  if (!isLoaded) return <AwaitedCard title={t('tasks.title')} query={tasks} />;
  const underWay = items.filter(({ endedAt }) => endedAt === null);
  const shown = [...underWay, ...items.filter((task) => !underWay.includes(task))].slice(0, SHOWN);
  return (
    <CardSection title={t('tasks.title')} actions={<More href="/tasks" />}>
      {shown.length === 0 ? (
        <p className="text-muted">{t('tasks.emptyHint')}</p>
      ) : (
        <ul className="-my-2 divide-y divide-line">
          {shown.map((task) => (
            <li key={task.id} className="py-2">
              <div className="flex items-center justify-between gap-3">
                <span className="min-w-0">
                  <span className="block truncate font-medium">{task.resource.name}</span>
                  <span className="block truncate text-faint text-xs">
                    {wordOf(task.kind)} · <Moment iso={task.endedAt ?? task.createdAt} />
                  </span>
                </span>
                <TaskStateBadge task={task} />
              </div>
              {task.state === 'running' && task.fraction !== null && (
                <div className="mt-2">
                  <Progress label={task.resource.name} fraction={task.fraction} />
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </CardSection>
  );
}
