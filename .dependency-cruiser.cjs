/** The arrows between the folders; docs/architecture.md says why. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid(
      'vmm-core-stands-alone',
      'The monitor knows nothing of what is above it.',
      { path: '^vmm-core/' },
      { path: '^(app|components|server|prisma)/' },
    ),
    forbid(
      'ffi-in-one-place',
      'koffi is imported in sys/ and kvm/ only.',
      { pathNot: '^vmm-core/(sys|kvm)/' },
      { path: '(^|/)koffi(/|$)' },
    ),
    forbid(
      'server-has-no-pages',
      'The control plane knows no React.',
      { path: '^server/' },
      { path: '^(app|components)/|(^|/)node_modules/react(-dom)?/' },
    ),
    forbid(
      'components-see-the-contract-only',
      'Of the server, a component sees schemas and types.',
      { path: '^components/' },
      { path: '^(server/(?!api/)|vmm-core/|app/|prisma/)' },
    ),
    forbid(
      'only-the-host-agent-talks-to-monitors',
      'Everything else goes through server/host. Who a process is, both have to know.',
      { path: '^server/', pathNot: '^server/host/' },
      { path: '^vmm-core/', pathNot: '^vmm-core/monitor/process-identity' },
    ),
    forbid(
      'routes-do-not-reach-the-monitor',
      'A route calls a service.',
      { path: '^app/' },
      { path: '^(vmm-core|prisma)/' },
    ),
    forbid('no-cycles', 'Arrows run one way.', {}, { circular: true }),
    forbid(
      'production-code-imports-no-tests',
      'Tests stand beside the code and are not part of it.',
      { pathNot: '\\.test\\.tsx?$|^tests/|/testing/' },
      { path: '\\.test\\.tsx?$|^tests/|/testing/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.next|dist|prisma/generated(-postgresql)?)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'] },
  },
};
