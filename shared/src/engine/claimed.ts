import { joinPod, type LeanPod, toLeanPod } from '../kube/lean-pod.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import { kindKey } from '../kube/watched-kind.ts';
import { nothing, type Provider } from '../providers/provider.ts';
import { fromBoned, toBoned } from './bones.ts';
import { isEqual } from './equal.ts';
import { createOwner, createTextPool, type OwnedClaims } from './owned.ts';
import { Recent } from './recent.ts';

type Claimed = readonly { provider: string; claims: OwnedClaims }[];

/**
 * An object as it is kept. Of pods, which there are most of, a text is kept and the claims are made again when they are needed: it takes a
 * tenth of the memory of the claims in it. `shared` and `bones` are what it has in common with other pods, `words` what is its own.
 */
export type Stored = { uid: string | undefined; claims: Claimed | undefined } & (
  | { shared: string; bones: string; words: string }
  | { shared?: undefined }
);

/** Who is asked about the objects of a kind: what an object costs does not grow with the providers of other kinds. */
function readersByKind(providers: readonly Provider[]): ReadonlyMap<string, readonly Provider[]> {
  const readers = new Map<string, Provider[]>();
  for (const provider of providers)
    for (const key of new Set([...provider.kinds, ...(provider.reads ?? [])].map(kindKey))) {
      const known = readers.get(key);
      if (known) known.push(provider);
      else readers.set(key, [provider]);
    }
  return readers;
}

const none: Claimed = [];
const sharedLimit = 10_000;
const longestText = 32_768;
const isPod = (object: KubeObject): boolean => object.kind === 'Pod' && object.apiVersion === 'v1';

/** Makes claims of objects; those of at most `warm` pods are at hand at a time. */
export function createClaimer(providers: readonly Provider[], warm: number) {
  const readers = readersByKind(providers);
  const toOwned = createOwner();
  const share = createTextPool(sharedLimit, Number.POSITIVE_INFINITY);
  const awake = new Recent<Stored, true>(warm, (stored) => {
    stored.claims = undefined;
  });

  /** Undefined where it is nested too deeply or longer than any claims of it: those are kept then. */
  const textOf = ({ shared, own }: LeanPod, name: string) => {
    try {
      const [first, second] = [JSON.stringify(shared), JSON.stringify(own)];
      if (first.length + second.length > longestText) return undefined;
      const { bones, words } = toBoned(second, name);
      return { shared: share(first), bones: share(bones), words };
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };

  const claim = (object: KubeObject): Claimed => {
    const claimed: { provider: string; claims: OwnedClaims }[] = [];
    for (const provider of readers.get(kindKey(refOf(object))) ?? []) {
      const claims = provider.claims(object);
      if (claims !== nothing && Object.keys(claims).length > 0)
        claimed.push({ provider: provider.id, claims: toOwned(claims, provider.id) });
    }
    return claimed;
  };

  const claimsOf = (stored: Stored): Claimed => {
    if (stored.claims) return stored.claims;
    if (stored.shared === undefined) return none;
    const claims = claim(joinPod({ shared: JSON.parse(stored.shared), own: JSON.parse(fromBoned(stored)) }));
    stored.claims = claims;
    awake.set(stored, true);
    return claims;
  };

  return {
    /** Somebody reads objects of this kind. */
    isRead: (object: KubeObject): boolean => readers.has(kindKey(refOf(object))),
    claimsOf,
    /** The object as it is to be kept: what was kept already where it claims the same, null where it claims nothing. */
    take: (object: KubeObject, old: Stored | undefined): Stored | null => {
      const { uid, name } = refOf(object);
      const lean = isPod(object) ? toLeanPod(object) : undefined;
      const text = lean && textOf(lean, name);
      if (text && old?.shared === text.shared && old.words === text.words && old.bones === text.bones) return old;
      const claims = claim(lean && text ? joinPod(lean) : object);
      if (claims.length === 0) return null;
      // Heartbeats and the like change the object, not what it claims.
      if (old && old.uid === uid && isEqual(claimsOf(old), claims)) {
        if (text) Object.assign(old, text);
        return old;
      }
      const stored: Stored = text ? { uid, claims, ...text } : { uid, claims };
      if (text) awake.set(stored, true);
      return stored;
    },
  };
}
