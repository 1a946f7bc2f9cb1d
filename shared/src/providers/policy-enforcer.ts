import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecords, asStrings, asText, getPath, pointer, truncate } from '../kube/read.ts';
import type { EnforcerClaim } from './policy-claims.ts';
import { type Claims, nothing } from './provider.ts';

const program = /multi-?network-?policy(?:-(iptables|nftables|nft|tc))?/;
/** `--network-plugins=macvlan,ipvlan`, as one argument, two, or within a shell script. */
const pluginsFlag = /--?network-plugins[=\s]+["']?([\w,.-]{1,500})/;

/** What an agent acts on when its arguments do not say (multi-networkpolicy-iptables options.go: macvlan). */
const defaults: Record<EnforcerClaim['kind'], string[] | null> = {
  iptables: ['macvlan'],
  nftables: ['macvlan'],
  tc: ['accelerated-bridge'],
  'ovn-kubernetes': ['ovn-k8s-cni-overlay'],
  other: null,
};

function kindOf(text: string): EnforcerClaim['kind'] | undefined {
  const found = program.exec(text);
  if (!found) return undefined;
  if (found[1] === 'nft' || found[1] === 'nftables') return 'nftables';
  if (found[1] === 'tc') return 'tc';
  return found[1] === 'iptables' ? 'iptables' : 'other';
}

/** The agents of MultiNetworkPolicy by image, command or name; OVN-Kubernetes where its flag is in sight. */
export function enforcerClaims(object: KubeObject): Claims {
  const containers = asRecords(getPath(object, 'spec', 'template', 'spec', 'containers')).slice(0, 50);
  for (const [index, container] of containers.entries()) {
    const said = [...asStrings(container['command']), ...asStrings(container['args'])].join(' ');
    const path = pointer('spec', 'template', 'spec', 'containers', index);
    if (said.includes('--enable-multi-networkpolicy') || said.includes('--enable-multi-network-policy'))
      return {
        enforcers: [{ ref: refOf(object), kind: 'ovn-kubernetes', plugins: defaults['ovn-kubernetes'], path }],
      };
    const image = truncate(asText(container['image']) ?? '', 500);
    const name = `${object.metadata.name} ${asText(container['name']) ?? ''}`;
    const kind = [image, said, name].map(kindOf).find((one) => one !== undefined);
    if (!kind) continue;
    const flag = pluginsFlag.exec(said)?.[1];
    const plugins = flag ? flag.split(',').filter(Boolean) : kind === 'other' ? ['macvlan'] : defaults[kind];
    return { enforcers: [{ ref: refOf(object), kind, plugins, path }] };
  }
  return nothing;
}
