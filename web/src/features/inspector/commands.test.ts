import { expect, test } from 'vitest';
import { commandOfObject, commandsOfNode, commandsOfWorkload } from './commands.ts';

test('a pod and a virtual machine are described and printed by kubectl', () => {
  expect(commandsOfWorkload({ kind: 'Pod', namespace: 'media', name: 'pod1' })).toEqual([
    'kubectl -n media describe pod pod1',
    'kubectl -n media get pod pod1 -o yaml',
  ]);
  expect(commandsOfWorkload({ kind: 'VirtualMachineInstance', namespace: 'lab', name: 'testbench' })[1]).toBe(
    'kubectl -n lab get virtualmachineinstance testbench -o yaml',
  );
});

test('an object is named with its group, and without a namespace where it has none', () => {
  const nad = { group: 'k8s.cni.cncf.io', kind: 'NetworkAttachmentDefinition', namespace: 'lab', name: 'storage' };
  expect(commandOfObject(nad)).toBe('kubectl -n lab get networkattachmentdefinition.k8s.cni.cncf.io storage -o yaml');
  expect(commandOfObject({ group: '', kind: 'Node', name: 'worker-1' })).toBe('kubectl get node worker-1 -o yaml');
});

test('what a shell would take for more than a word is quoted', () => {
  expect(commandsOfNode("a;rm 'b'")[0]).toBe("kubectl describe node 'a;rm '\\''b'\\'''");
});
