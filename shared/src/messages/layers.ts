import { compactPattern } from './pattern.ts';
import type { Layer, Operation, Speaker } from './types.ts';

type LayerPattern = { speaker: Speaker; pattern: RegExp; operation?: Operation };

/** Every quantifier is bounded: an envelope is short, and a stranger's text must not make a search quadratic. */
const patterns: readonly LayerPattern[] = [
  { speaker: 'kubelet', pattern: /\(combined from similar events\):/ },
  { speaker: 'kubelet', pattern: /failed (?:to )?create pod sandbox:/ },
  { speaker: 'kubelet', pattern: /RunPodSandbox from runtime service failed:/ },
  { speaker: 'kubelet', pattern: /create ?PodSandbox for pod "[^"]{1,300}" failed:/, operation: 'add' },
  { speaker: 'kubelet', pattern: /(?:rpc error:? ?)?code = (?<code>\w{1,24}) desc = \[?/ },
  {
    speaker: 'kubelet',
    pattern: /failed to "CreatePodSandbox" for "[^"]{0,300}" with CreatePodSandboxError:"?/,
    operation: 'add',
  },
  { speaker: 'kubelet', pattern: /failed to create sandbox for pod "[^"]{1,300}":/, operation: 'add' },
  { speaker: 'kubelet', pattern: /StopPodSandbox "[0-9a-f]{1,64}" from runtime service failed:/, operation: 'del' },
  { speaker: 'kubelet', pattern: /StopPodSandbox from runtime service failed(?:" err="|:)/, operation: 'del' },
  { speaker: 'kubelet', pattern: /stopping the pod sandbox "[0-9a-f]{1,64}" failed:/, operation: 'del' },
  { speaker: 'kubelet', pattern: /error killing pod: (?=failed)/, operation: 'del' },
  {
    speaker: 'kubelet',
    pattern: /failed to "KillPodSandbox" for "(?<uid>[^"]{0,300})" with KillPodSandboxError:"?/,
    operation: 'del',
  },
  {
    speaker: 'containerd',
    pattern: /failed to set ?up network for (?:pod )?sandbox "(?<sandbox>[0-9a-f]{1,64})(?:"|\.{3}):?/,
    operation: 'add',
  },
  {
    speaker: 'containerd',
    pattern: /failed to destroy network for (?:pod )?sandbox "(?<sandbox>[0-9a-f]{1,64})(?:"|\.{3}):?/,
    operation: 'del',
  },
  {
    speaker: 'crio',
    pattern:
      /failed to create pod network sandbox k8s_(?<pod>[^_]{1,253})_(?<ns>[^_]{1,253})_(?<uid>[^_]{1,64})_\d{1,6}\((?<sandbox>[0-9a-f]{1,64})\):/,
    operation: 'add',
  },
  {
    speaker: 'crio',
    pattern:
      /failed to destroy network for pod sandbox k8s_(?<pod>[^_]{1,253})_(?<ns>[^_]{1,253})_(?<uid>[^_]{1,64})_\d{1,6}\((?<sandbox>[0-9a-f]{1,64})\):/,
    operation: 'del',
  },
  {
    speaker: 'crio',
    pattern: /error adding pod [^"\s]{1,507}? to CNI network "(?<conf>[^"]{1,253})":/,
    operation: 'add',
  },
  {
    speaker: 'crio',
    pattern: /error removing pod [^"\s]{1,507}? from CNI network "(?<conf>[^"]{1,253})":/,
    operation: 'del',
  },
  {
    speaker: 'dockershim',
    pattern:
      /failed to set up (?:sandbox|pause) container "(?<sandbox>[0-9a-f]{1,64})" network for pod "(?<pod>[^"]{1,253})":/,
    operation: 'add',
  },
  {
    speaker: 'dockershim',
    pattern:
      /failed to clean up (?:sandbox|pause) container "(?<sandbox>[0-9a-f]{1,64})" network for pod "(?<pod>[^"]{1,253})":/,
    operation: 'del',
  },
  {
    speaker: 'dockershim',
    pattern: /network ?plugg?in cni failed to set up pod "[^"]{1,507}" network:/,
    operation: 'add',
  },
  {
    speaker: 'dockershim',
    pattern: /network ?plugg?in cni failed to teardown pod "[^"]{1,507}" network:/,
    operation: 'del',
  },
  { speaker: 'dockershim', pattern: /error (?:while )?adding (?:to cni )?network:/, operation: 'add' },
  {
    speaker: 'dockershim',
    pattern: /error adding [^\s":]{1,600}? to network (?<plugin>[\w.-]{1,64})\/(?<conf>[^\s":]{1,128}):/,
    operation: 'add',
  },
  {
    speaker: 'dockershim',
    pattern: /error deleting [^\s":]{1,600}? from network (?<plugin>[\w.-]{1,64})\/(?<conf>[^\s":]{1,128}):/,
    operation: 'del',
  },
  {
    speaker: 'libcni',
    pattern: /plugin type= ?"?(?<plugin>[^"\s:()=]{1,64}?)"?(?: name= ?"?(?<conf>[^"()]{0,253}?)"?)? failed \(add\):/,
    operation: 'add',
  },
  {
    speaker: 'libcni',
    pattern:
      /plugin type= ?"?(?<plugin>[^"\s:()=]{1,64}?)"?(?: name= ?"?(?<conf>[^"()]{0,253}?)"?)? failed \(del[a-z]{0,4}\):/,
    operation: 'del',
  },
  {
    speaker: 'libcni',
    pattern: /plugin type= ?"?(?<plugin>[^"\s:()=]{1,64}?)"?(?: name= ?"?(?<conf>[^"()]{0,253}?)"?)? failed \(check\):/,
    operation: 'check',
  },
  {
    speaker: 'libcni',
    pattern:
      /plugin type= ?"?(?<plugin>[^"\s:()=]{1,64}?)"?(?: name= ?"?[^"()]{0,253}?"?)?(?: failed(?: \(\w{0,6})?)?[>.\u2026]{0,3}$/,
  },
  { speaker: 'multus-shim', pattern: /Cmd ?Add \(shim\):/, operation: 'add' },
  { speaker: 'multus-shim', pattern: /Cmd ?Del \(shim\):/, operation: 'del' },
  {
    speaker: 'multus-shim',
    pattern: /CNI request failed with status \d{3}: '?&?(?=\{?ContainerID|ERRORED|error configuring pod \[|Multus:|$)/,
  },
  {
    speaker: 'multus-shim',
    pattern: /(?:ERRORED: )?error configuring pod \[(?<ns>[^[\]/:"]{1,253})\/(?<pod>[^[\]/:"]{1,253})\] networking:/,
    operation: 'add',
  },
  {
    speaker: 'multus-shim',
    pattern:
      /ERRORED: error (?:deleting|removing|tearing down) pod \[(?<ns>[^[\]/:"]{1,253})\/(?<pod>[^[\]/:"]{1,253})\]/,
    operation: 'del',
  },
  {
    speaker: 'multus',
    pattern:
      /(?<!pod)(?:Multus: )?\[(?<ns>[^[\]/:"]{0,253})\/(?<pod>[^[\]/:"]{0,253})(?:\/(?<uid>[^[\]:/"]{0,64}))?(?::(?<conf>[^[\]"]{1,253}))?\]:(?= ?(?:error|Multus|delegate|have you|failed|expected|Err|PodNetwork|multus|still|an empty|unable|plugin|missing|invalid))/,
  },
  { speaker: 'multus', pattern: /Multus: (?=[a-z])/ },
  { speaker: 'multus', pattern: /error adding container to network "(?<conf>[^"]{0,253})":/, operation: 'add' },
  { speaker: 'multus', pattern: /error removing container from network "(?<conf>[^"]{0,253})":/, operation: 'del' },
  {
    speaker: 'multus',
    pattern: /(?:Multus: )?err(?:or)? adding pod to network "(?<conf>[^"]{0,253})":/,
    operation: 'add',
  },
  {
    speaker: 'multus',
    pattern: /(?:Multus: )?error in invoke Delegate ?add ?- ?"(?<plugin>[^"]{1,253})":/,
    operation: 'add',
  },
  {
    speaker: 'multus',
    pattern: /(?:Multus: )?error in invoke Conflist ?add ?- ?"(?<conf>[^"]{1,253})":/,
    operation: 'add',
  },
  {
    speaker: 'multus',
    pattern: /(?:Multus: )?error in invoke Delegate ?del ?- ?"(?<plugin>[^"]{1,253})":/,
    operation: 'del',
  },
  {
    speaker: 'multus',
    pattern: /(?:Multus: )?error in invoke Conflist ?del ?- ?"(?<conf>[^"]{1,253})":/,
    operation: 'del',
  },
  {
    speaker: 'multus',
    pattern: /delegate ?Add: error invoking DelegateAdd ?- ?"(?<plugin>[^"]{1,253})":/,
    operation: 'add',
  },
  {
    speaker: 'multus',
    pattern: /delegate ?Add: error invoking ConflistAdd ?- ?"(?<conf>[^"]{1,253})":/,
    operation: 'add',
  },
  {
    speaker: 'multus',
    pattern: /delegate ?Del: e[ro]{2,4} invoking DelegateDel ?- ?"(?<plugin>[^"]{1,253})":/,
    operation: 'del',
  },
  {
    speaker: 'multus',
    pattern: /delegate ?Del: e[ro]{2,4} invoking ConflistDel ?- ?"(?<conf>[^"]{1,253})":/,
    operation: 'del',
  },
  { speaker: 'multus', pattern: /Error invoking Delegate ?Add:?/, operation: 'add' },
  {
    speaker: 'multus',
    pattern: /(?:(?:conflist|delegate)Add: )?error in getting result from AddNetwork(?:List)?:/,
    operation: 'add',
  },
  {
    speaker: 'multus',
    pattern: /(?:(?:conflist|delegate)Del: )?error in getting result from DelNetwork(?:List)?:/,
    operation: 'del',
  },
  { speaker: 'delegate', pattern: /failed to delegate add:/, operation: 'add' },
];

const compiled = patterns.map((entry) => ({ ...entry, pattern: compactPattern(entry.pattern, 'gi') }));

export type PlacedLayer = Layer & { from: number; to: number };

/** What was asked last: the parts of one message are mostly the whole of it. */
let last: { text: string; layers: readonly PlacedLayer[] } = { text: '', layers: [] };

/** All envelopes in the order they stand. At most 64: a real message has under a dozen. */
export function findLayers(text: string): readonly PlacedLayer[] {
  if (last.text === text) return last.layers;
  const found: PlacedLayer[] = [];
  for (const { speaker, pattern, operation } of compiled) {
    pattern.lastIndex = 0;
    let hit = pattern.exec(text);
    for (let count = 1; hit !== null; count++) {
      found.push({ ...toLayer(speaker, hit, operation), from: hit.index, to: hit.index + hit[0].length });
      hit = count < 16 ? pattern.exec(text) : null;
    }
  }
  const layers = withoutOverlaps(found.sort((a, b) => a.from - b.from || b.to - a.to)).slice(0, 64);
  last = { text, layers };
  return layers;
}

function withoutOverlaps(sorted: readonly PlacedLayer[]): PlacedLayer[] {
  let end = 0;
  return sorted.filter((layer) => {
    if (layer.from < end) return false;
    end = layer.to;
    return true;
  });
}

function toLayer(speaker: Speaker, hit: RegExpExecArray, operation: Operation | undefined): Layer {
  const { sandbox, ns, pod, uid, conf, plugin } = hit.groups ?? {};
  const layer: Layer = {
    speaker: plugin !== undefined && speaker === 'libcni' ? speakerOf(plugin) : speaker,
    text: hit[0],
  };
  if (sandbox) layer.sandbox = sandbox;
  if (ns) layer.podNamespace = ns;
  if (pod) layer.podName = pod;
  if (uid) layer.podUid = uid;
  if (conf) layer.configName = conf;
  if (plugin) layer.plugin = plugin;
  if (operation) layer.operation = operation;
  return layer;
}

function speakerOf(plugin: string): Speaker {
  if (plugin === 'multus') return 'multus';
  return plugin === 'multus-shim' ? 'multus-shim' : 'delegate';
}
