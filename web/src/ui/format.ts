import type { Ref } from '@busbar/shared/kube/object';

const number = new Intl.NumberFormat('en-US');

export const count = (n: number): string => number.format(n);

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${number.format(n)} ${n === 1 ? one : many}`;

/** Time between two moments in one unit, as `kubectl` prints ages. */
export const age = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
};

export const clock = (ms: number): string =>
  new Date(ms).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const refName = (ref: Ref): string => `${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}`;

/** `/metadata/annotations/k8s.v1.cni.cncf.io~1networks` -> `metadata.annotations["k8s.v1.cni.cncf.io/networks"]`. */
export const pointerLabel = (path: string): string =>
  path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part, index) =>
      /^[A-Za-z_]\w*$/.test(part) ? `${index > 0 ? '.' : ''}${part}` : /^\d+$/.test(part) ? `[${part}]` : `["${part}"]`,
    )
    .join('');
