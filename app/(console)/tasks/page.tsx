import { titled } from '@/components/i18n/request-language';
import { TasksPage } from '@/components/tasks/tasks-page';

export const generateMetadata = titled('tasks.title');

export default function Page() {
  return <TasksPage />;
}
