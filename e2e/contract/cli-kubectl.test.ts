/** `kubectl get ... -o json | busbar check -`: what people do first, against the demo and a real API server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServer, apiServerMissing, startApiServer } from '../rig/apiserver.ts';
import { busbarMissing, type CliResult, runBusbar } from '../rig/busbar.ts';
import { type CheckReport, schemaErrors } from '../rig/check-report.ts';
import { type Demo, startDemo } from '../rig/demo.ts';
import { kubectl, kubectlMissing } from '../rig/kubectl.ts';
import { NAD_CRD, nad, pod } from '../rig/objects.ts';

const missing = busbarMissing() ?? kubectlMissing();
const noServer = missing ?? apiServerMissing();
if (missing) console.warn(`kubectl get | busbar check: skipped, ${missing}`);
else if (noServer) console.warn(`kubectl get | busbar check on a real kube-apiserver: skipped, ${noServer}`);

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const GET = ['get', 'pods,events,nodes,net-attach-def', '-A', '-o', 'json'];

function checkPiped(access: string): { report: CheckReport; code: CliResult['code'] } {
  const { code, stdout, stderr } = runBusbar(['check', '--from', '-', '-o', 'json'], { input: kubectl(access, GET) });
  expect([0, 1], stderr).toContain(code);
  const report = JSON.parse(stdout) as CheckReport;
  expect(schemaErrors(report)).toEqual([]);
  return { report, code };
}

describe.skipIf(missing)('the demo cluster', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo();
  });
  afterAll(() => demo?.stop());

  test('through kubectl and a pipe is diagnosed as it is live', () => {
    const { report, code } = checkPiped(`--server=${demo.kube}`);
    expect(code).toBe(1);
    const pod1 = report.attachments.find((one) => one.pod === 'media/pod1' && one.slot === 1);
    expect([pod1?.state, pod1?.findings[0]?.slug]).toEqual(['failed', 'sel-json-object']);
    const smf = report.attachments.filter((one) => one.pod.startsWith('core/smf') && one.network === 'lab/storage-b');
    expect(smf.map(({ state, findings }) => [state, findings[0]?.slug])).toEqual([
      ['failed', 'nad-not-found'],
      ['failed', 'nad-not-found'],
    ]);
  });
});

describe.skipIf(noServer)(`a real kube-apiserver${noServer ? ` (${noServer})` : ''}`, () => {
  let server: ApiServer;
  let access: string;
  beforeAll(async () => {
    server = await startApiServer();
    access = `--kubeconfig=${server.kubeconfig}`;
    kubectl(access, ['apply', '-f', '-'], NAD_CRD);
    kubectl(access, ['wait', '--for=condition=Established', 'crd', NAD_CRD.metadata.name]);
    kubectl(access, ['create', '-f', '-'], nad('default', 'media-net', { type: 'bridge', ipam: { type: 'static' } }));
    kubectl(access, ['create', '-f', '-'], pod('default', 'object', { [NETWORKS]: '{"name": "media-net"}' }));
    kubectl(access, ['create', '-f', '-'], pod('default', 'typo', { [NETWORKS]: 'media-ned' }));
  });
  afterAll(() => server?.stop());

  const firstSlugs = (report: CheckReport) =>
    Object.fromEntries(report.attachments.filter(({ slot }) => slot === 1).map((a) => [a.pod, a.findings[0]?.slug]));
  const wanted = { 'default/object': 'sel-json-object', 'default/typo': 'nad-not-found' };

  test('through kubectl and a pipe', () => {
    const { report, code } = checkPiped(access);
    expect(firstSlugs(report)).toEqual(wanted);
    expect(code).toBe(1);
  });

  test('read by busbar itself', () => {
    const { code, stdout } = runBusbar(['check', '--kubeconfig', server.kubeconfig, '-o', 'json']);
    const report = JSON.parse(stdout) as CheckReport;
    expect(schemaErrors(report)).toEqual([]);
    expect(firstSlugs(report)).toEqual(wanted);
    expect(code).toBe(1);
  });
});
