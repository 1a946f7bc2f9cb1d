import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifyMessage } from './classify.ts';

const kubelet = 'Failed to create pod sandbox: rpc error: code = Unknown desc = ';
const dnsName = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/);
const sandbox = fc.stringMatching(/^[0-9a-f]{64}$/);

/** The ways in which a runtime hands on what Multus said of a pod. */
const envelopes = fc
  .record({ id: sandbox, ns: dnsName, pod: dnsName, wrapper: fc.integer({ min: 0, max: 3 }) })
  .map(({ id, ns, pod, wrapper }) => ({
    ns,
    pod,
    wrap: (text: string) =>
      [
        `${kubelet}failed to setup network for sandbox "${id}": plugin type="multus" name="multus-cni-network" failed (add): ${text}`,
        `${kubelet}failed to set up sandbox container "${id}" network for pod "${pod}": networkPlugin cni failed to set up pod "${pod}_${ns}" network: ${text}`,
        `${kubelet}failed to create pod network sandbox k8s_${pod}_${ns}_0a0a0a0a-0000-4000-8000-000000000001_0(${id}): error adding pod ${ns}_${pod} to CNI network "multus-cni-network": ${text}`,
        `failed to "CreatePodSandbox" for "${pod}_${ns}" with CreatePodSandboxError: "Failed to create sandbox for pod \\"${pod}_${ns}\\": rpc error: code = Unknown desc = failed to setup network for sandbox \\"${id}\\": ${text}"`,
      ][wrapper] ?? text,
  }));

/** A cause, then the gRPC error of what the plugin called: the words before it are the cause. */
const causesWithCalls = fc.constantFrom(
  ['podresources-failed', 'failed to get a ResourceClient instance: getPodResources: failed to list pod resources, '],
  ['spiderpool-agent-down', 'failed to get spiderpool-agent health: '],
  ['ovs-db-down', 'failed to connect to ovsdb error: '],
);
const grpc = fc.constantFrom(
  'rpc error: code = Unavailable desc = connection error',
  'rpc error: code = Unimplemented desc = unknown service v1.PodResourcesLister',
  'rpc error: code = 14 desc = transport is closing',
);
const widths = fc.constantFrom(0, 23, 80);
const wrapAt = (message: string, width: number) =>
  width === 0 ? message : message.replace(new RegExp(`(.{${width}})`, 'gs'), '$1\n    ');

test('the words before an inner gRPC error say the cause, however the message came', () => {
  fc.assert(
    fc.property(
      envelopes,
      causesWithCalls,
      grpc,
      widths,
      fc.boolean(),
      (envelope, [slug, words], call, width, json) => {
        const bracket = `[${envelope.ns}/${envelope.pod}:lan]: error adding container to network "lan": `;
        const message = wrapAt(envelope.wrap(`${bracket}${words}${call}`), width);
        expect(classifyMessage({ message: json ? JSON.stringify(message) : message }).slug).toBe(slug);
      },
    ),
  );
});

test('a gRPC error that a plugin hands on as it is stays an envelope', () => {
  fc.assert(
    fc.property(envelopes, (envelope) => {
      const text = envelope.wrap(
        'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial unix /var/run/antrea/cni.sock: connect: no such file or directory"',
      );
      expect(classifyMessage({ message: text }).slug).toBe('default-cni-antrea');
    }),
  );
});

test('the first of two events in one paste is diagnosed', () => {
  const second = [
    '(combined from similar events): error determining status: rpc error: code = Unknown desc = Error: No such container: 1',
    `${kubelet}failed to reserve sandbox name "p_ns_1"`,
  ];
  fc.assert(
    fc.property(envelopes, fc.constantFrom(...second), (envelope, next) => {
      const bracket = `[${envelope.ns}/${envelope.pod}:lan]: error adding container to network "lan": `;
      const message = `${envelope.wrap(`${bracket}Link not found`)}\n${next}`;
      expect(classifyMessage({ message })).toMatchObject({ slug: 'master-not-found', configName: 'lan' });
    }),
  );
});

test('a message cut at 1,024 bytes inside the request names no other cause', () => {
  fc.assert(
    fc.property(envelopes, fc.boolean(), fc.nat(900), (envelope, shim, from) => {
      const dump = `'&{ContainerID:1 Netns:/proc/1/ns/net IfName:eth0 Args:K8S_POD_NAME=${envelope.pod} Path: StdinData:[${'123 34 '.repeat(300)}`;
      const head = `${shim ? 'CmdAdd (shim): ' : ''}CNI request failed with status 400: `;
      const message = envelope.wrap(head + dump).slice(0, 1024 - (from % 200));
      expect(classifyMessage({ message }).slug).toBe('unknown');
    }),
  );
});

test.each([
  ['failed to destroy network for sandbox "ab12": del cmd: failed to process delete request', 'kill-generic'],
  ['StopPodSandbox "ab12" from runtime service failed: rpc error: code = Unknown desc = dial tcp', 'kill-generic'],
  [
    'stopping the pod sandbox "ab12" failed: rpc error: code = Unknown desc = failed to destroy network for sandbox "ab12": EOF',
    'kill-generic',
  ],
  [
    'reserving pod sandbox name: error reserving pod name k8s_p_ns_1_0 for id ab12: name is reserved',
    'runtime-name-reserved',
  ],
])('knows %s behind a log prefix of any length', (text, slug) => {
  for (const length of [0, 20, 200, 900])
    expect(classifyMessage({ message: `${'x'.repeat(length)} ${text}` }).slug).toBe(slug);
});

test.each([
  ['FailedMount', 'driver said no', 'not-network-volume'],
  ['Unhealthy', 'gRPC server answered NOT_SERVING', 'not-network-probe'],
  ['Evicted', 'Pod was preempted by a critical pod', 'not-network-evicted'],
  ['FailedMount', 'plugin type="macvlan" failed (add): Link not found', 'master-not-found'],
  ['Scheduled', 'Successfully assigned ns/p to node', 'unknown'],
])('the reason %s decides when the words %s do not', (reason, message, slug) => {
  expect(classifyMessage({ reason, message }).slug).toBe(slug);
});

test('what a log or a list closes behind the cause does not hide it', () => {
  const causes = [
    ['Link not found', 'master-not-found'],
    ['error calling DHCP.Allocate: no more tries', 'dhcp-no-offer'],
    ['failed to find plugin "macvlan" in path [/opt/cni/bin]', 'cni-binary-missing'],
    ['device or resource busy', 'link-busy'],
  ] as const;
  const tails = ['"', '\\""', '" pod="ns/p" podUID="0a0a"', '\\"" podSandboxID="ab12"', ']', '"]', "'", '`'];
  fc.assert(
    fc.property(envelopes, fc.constantFrom(...causes), fc.constantFrom(...tails), (envelope, [text, slug], tail) => {
      const bracket = `[${envelope.ns}/${envelope.pod}:lan]: error adding container to network "lan": `;
      const message = envelope.wrap(`${bracket}${text}`) + tail;
      expect(classifyMessage({ message }).slug).toBe(slug);
    }),
  );
});

test('outside of a sandbox the words before a gRPC error say the cause', () => {
  const image = fc.stringMatching(/^[a-z0-9]{1,20}(?:\/[a-z0-9-]{1,30}){0,2}:[a-z0-9.]{1,10}$/);
  const reasons = fc.constantFrom(
    'Error reading manifest in registry: unauthorized: access to the requested resource is not authorized',
    'Get "https://registry.example/v2/": net/http: TLS handshake timeout',
    'denied: requested access to the resource is denied',
  );
  fc.assert(
    fc.property(image, reasons, widths, (name, why, width) => {
      const message = wrapAt(`Failed to pull image "${name}": rpc error: code = Unknown desc = ${why}`, width);
      expect(classifyMessage({ reason: 'Failed', message }).slug).toBe('not-network-image-pull');
    }),
  );
});

test('what a log writes in front of a message says nothing', () => {
  const prefixes = [
    '2025-11-24T22:53:44.123Z ',
    '2025-11-24 22:53:44,123 ',
    'Nov 24 22:53:44 node-1 kubelet[1234]: ',
    'E1124 22:53:44.123456    1234 pod_workers.go:1294] ',
    'Nov 24 22:53:44 node-1 kubelet[1234]: E1124 22:53:44.123456    1234 pod_workers.go:1294] ',
  ];
  for (const prefix of prefixes) {
    const message = `${prefix}Failed to pull image "registry/app:1": not found`;
    expect(classifyMessage({ message }).slug).toBe('not-network-image-pull');
  }
});

test.each(['> ', '>   ', '  > ', '│ ', '| '])('lines may stand behind %j', (margin) => {
  fc.assert(
    fc.property(envelopes, fc.integer({ min: 20, max: 120 }), (envelope, width) => {
      const text = envelope.wrap(
        `[${envelope.ns}/${envelope.pod}:lan]: error adding container to network "lan": Link not found`,
      );
      const cited = text.replace(new RegExp(`(.{${width}})`, 'gs'), `$1\n${margin}`);
      const verdict = classifyMessage({ message: margin + cited });
      expect(verdict).toMatchObject({ slug: 'master-not-found', configName: 'lan' });
    }),
  );
});

test('single quotes stand for double ones where no others are', () => {
  fc.assert(
    fc.property(envelopes, (envelope) => {
      const text = envelope.wrap(
        `[${envelope.ns}/${envelope.pod}:lan]: error adding container to network "lan": Link not found`,
      );
      const verdict = classifyMessage({ message: text.replaceAll('"', "'") });
      expect(verdict).toMatchObject({ slug: 'master-not-found', configName: 'lan' });
    }),
  );
});
