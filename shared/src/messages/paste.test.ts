import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classifyMessage } from './classify.ts';
import { splitPaste } from './paste.ts';

const describe = `
Status:       Pending
Events:
  Type     Reason                  Age                From               Message
  ----     ------                  ----               ----               -------
  Normal   Scheduled               54s                default-scheduler  Successfully assigned ns/p to node-1
  Normal   AddedInterface          53s                multus             Add eth0 [10.244.1.9/24] from cbr0
  Warning  FailedCreatePodSandBox  52s                kubelet, node-1    Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "0123456789abcdef": plugin type="multus" name="multus-cni-network" failed (add): [ns/p/1:lan]: error adding contai
ner to network "lan": Link not found
  Normal   AddedInterface          40s (x2 over 53s)  multus             Add eth0 [10.244.1.9/24] from cbr0
`;

test('takes a description of a pod apart into its events', () => {
  const events = splitPaste(describe);
  expect(events.map((event) => event.reason)).toEqual(['Scheduled', 'AddedInterface', 'FailedCreatePodSandBox']);
  expect(events.map((event) => classifyMessage(event).slug)).toEqual([
    'unknown',
    'ok-added-interface',
    'master-not-found',
  ]);
  const failed = events[2];
  expect(describe.slice(failed?.offset)).toMatch(/^Failed to create pod sandbox/);
});

test('reads rows of kubectl get events', () => {
  const rows = `3s          Warning   NoNetworkFound   pod/p   cannot find a network-attachment-definition (lan) in namespace (ns): network-attachment-definitions.k8s.cni.cncf.io "lan" not found
8m17s       Normal    AddedInterface   pod/p   Add eth0 [10.0.0.1/24] from cbr0`;
  expect(splitPaste(rows).map((event) => classifyMessage(event).slug)).toEqual(['nad-not-found', 'ok-added-interface']);
});

test.each([
  ['all namespaces', 'ns-1        8m17s       Normal    AddedInterface   pod/p   Add net1 [10.0.0.1/24] from ns/lan'],
  [
    'an old description',
    '  1m\t\t12s\t\t3\tmultus, node-1\t\t\tNormal\t\tAddedInterface\tAdd net1 [10.0.0.1/24] from ns/lan',
  ],
  [
    'an old list',
    '12s         1m           3         p.15a1    Pod    spec.containers{c}    Normal    AddedInterface    multus, node-1    Add net1 [10.0.0.1/24] from ns/lan',
  ],
])('reads a row of %s', (_name, row) => {
  const [event] = splitPaste(row);
  expect(event).toMatchObject({ reason: 'AddedInterface', message: 'Add net1 [10.0.0.1/24] from ns/lan' });
});

test('reads the events that a controller logs', () => {
  const fields = `I1124 22:53:44.123456       1 event.go:307] "Event occurred" object="ns/p" fieldPath="" kind="Pod" apiVersion="v1" type="Normal" reason="AddedInterface" message="Add net1 [10.0.0.1/24] from ns/lan"`;
  const reference = `I1124 22:53:44.123456       1 event.go:282] Event(v1.ObjectReference{Kind:"Pod", Namespace:"ns", Name:"p"}): type: 'Normal' reason: 'AddedInterface' Add net1 [10.0.0.1/24] from ns/lan`;
  for (const line of [fields, reference]) expect(classifyMessage({ message: line }).slug).toBe('ok-added-interface');
});

test('a text without rows is one message', () => {
  expect(splitPaste('failed to create bridge "br0": file exists')).toEqual([
    { message: 'failed to create bridge "br0": file exists', offset: 0 },
  ]);
  expect(splitPaste(' \n ')).toEqual([]);
});

test('classifies a single row with its columns, and points into the row', () => {
  const row = '  Normal   AddedInterface   9s   multus   Add net1 [10.1.0.5/24] from ns/lan';
  const { slug, span } = classifyMessage({ message: row });
  expect(slug).toBe('ok-added-interface');
  expect(row.slice(span?.offset)).toBe('Add net1 [10.1.0.5/24] from ns/lan');
});

test('a paste of any size stays bounded', () => {
  const huge = '  Warning  FailedCreatePodSandBox  52s  kubelet  x\n'.repeat(50_000);
  // The last row is cut and so differs from its sisters.
  expect(splitPaste(huge).length).toBeLessThanOrEqual(2);
  expect(splitPaste(' '.repeat(300_000))).toEqual([]);
});

test('what kubectl prints before a message, and how people mark it, does not change the answer', () => {
  const changed: string[] = [];
  for (const name of ['messages', 'messages-public']) {
    const text = readFileSync(new URL(`../../fixtures/${name}.jsonl`, import.meta.url), 'utf8').trim();
    for (const line of text.split('\n')) {
      const { id, reason, message }: { id: string; reason: string; message: string } = JSON.parse(line);
      if (reason === 'log' || !/^[A-Z][A-Za-z]{2,}$/.test(reason)) continue;
      const { slug } = classifyMessage({ reason, message });
      const single = message.replaceAll(/\s*\n[\s>]*/g, ' ').trim();
      const forms = [
        `  Warning  ${reason}  12s (x3 over 1m)  kubelet  ${single}`,
        `  1m  12s  3  kubelet, node-1  Warning  ${reason}  ${single}`,
        `12s  Warning  ${reason}  pod/a-b-c  ${single}`,
        `ns-1  12s  Warning  ${reason}  pod/a-b-c  ${single}`,
      ];
      if (forms.some((form) => classifyMessage({ message: form }).slug !== slug)) changed.push(id);
      if (classifyMessage({ reason, message: `**${single}**` }).slug !== slug) changed.push(id);
    }
  }
  expect(changed).toEqual([]);
});
