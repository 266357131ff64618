import type { Metadata } from 'next';
import { t } from '@/components/i18n/translate';
import { TasksPage } from '@/components/tasks/tasks-page';

export const metadata: Metadata = { title: t('tasks.title') };

export default function Page() {
  return <TasksPage />;
}
