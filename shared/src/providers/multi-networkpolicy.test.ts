import { expect, test } from 'vitest';
import { multiNetworkPolicy } from './multi-networkpolicy.ts';

const policy = (policyFor: string | undefined, spec: unknown) =>
  multiNetworkPolicy.claims({
    apiVersion: 'k8s.cni.cncf.io/v1beta1',
    kind: 'MultiNetworkPolicy',
    metadata: {
      name: 'p',
      namespace: 'lab',
      annotations: policyFor === undefined ? {} : { 'k8s.v1.cni.cncf.io/policy-for': policyFor },
    },
    spec,
  }).policies?.[0];

test.each([
  [undefined, []],
  ['', []],
  ['net', ['lab/net']],
  [' net , prod/other ,', ['lab/net', 'prod/other']],
])('policy-for "%s" names %s', (text, networks) => {
  expect(policy(text, {})?.networks).toEqual(networks);
});

test.each([
  [{}, ['Ingress']],
  [{ egress: [{}] }, ['Ingress', 'Egress']],
  [{ policyTypes: ['Egress'] }, ['Egress']],
])('a policy %j acts on %s', (spec, types) => {
  expect(policy('net', spec)?.types).toEqual(types);
});

const daemonSet = (name: string, container: Record<string, unknown>) =>
  multiNetworkPolicy.claims({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'kube-system' },
    spec: { template: { spec: { containers: [{ name: 'main' }, container] } } },
  }).enforcers;

const image = 'ghcr.io/k8snetworkplumbingwg/multi-networkpolicy-iptables:v1';

test.each([
  ['one argument', { image, args: ['--network-plugins=macvlan,ipvlan'] }, ['macvlan', 'ipvlan']],
  ['two arguments', { image, args: ['-network-plugins', 'sriov'] }, ['sriov']],
  ['a shell script', { image, command: ['sh', '-c', 'exec x --network-plugins="bond" --v=4'] }, ['bond']],
  ['the default', { image }, ['macvlan']],
  ['nftables', { image: 'x/multi-networkpolicy-nftables' }, ['macvlan']],
  ['tc', { image: 'x/multi-networkpolicy-tc' }, ['accelerated-bridge']],
  ['OVN-Kubernetes', { image: 'ovnkube', args: ['--enable-multi-networkpolicy'] }, ['ovn-k8s-cni-overlay']],
])('an agent acts on the plugins of its flag: %s', (_, container, plugins) => {
  expect(daemonSet('agent', container)?.[0]?.plugins).toEqual(plugins);
});

test('a DaemonSet of something else enforces nothing', () => {
  expect(daemonSet('kube-proxy', { image: 'kube-proxy', args: ['--v=2'] })).toBeUndefined();
  expect(daemonSet('ovnkube-node', { image: 'ovnkube', args: ['--enable-multi-network'] })).toBeUndefined();
});
