import { route } from '@/server/http/route';
import { CONTENT_TYPE, exposition } from '@/server/metrics/prometheus';

/** For Prometheus, which asks by a token for `metrics`. */
export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ services, authorise }) => {
    authorise('metrics.scrape', { kind: 'console' });
    const { vms, agent, version } = services;
    const { user, system } = process.cpuUsage();
    const text = exposition({
      version,
      machines: vms.list().map((vm) => ({ vm, sample: agent.samples(vm.id).at(-1) })),
      host: agent.hostSamples().at(-1),
      process: {
        cpuSeconds: (user + system) / 1e6,
        residentBytes: process.memoryUsage.rss(),
        startedAt: new Date(Date.now() - process.uptime() * 1000),
      },
    });
    return new Response(text, { headers: { 'content-type': CONTENT_TYPE } });
  },
});
