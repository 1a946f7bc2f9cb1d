import type { KubeObject } from '@busbar/shared/kube/object';
import { groupOf } from '@busbar/shared/kube/object';
import { getText } from '@busbar/shared/kube/read';
import { objectKey } from '@busbar/shared/model/ids';

export type RetentionOptions = { maxRetained?: number; maxAgeMs?: number };

const day = 24 * 60 * 60 * 1000;

/**
 * The policy for deleted Events. An API server deletes an Event when its time is up (one hour by default), and that says nothing
 * about the trouble it reported: a pod may be stuck for a day with its only evidence gone after an hour. So the delete of an
 * Event is held back until
 *   - the object it speaks of is gone (or was never known: nobody asks for its evidence), or
 *   - it has been held for 24 hours, or
 *   - more than 20,000 are held: then the oldest go.
 * An Event that someone deleted by hand is held back just the same: a watch does not tell the two apart. Whether old evidence is
 * still true is for the engine to say; it has the pod's own state.
 * Only keys are kept, never Events.
 */
export class EventRetention {
  readonly #maxRetained: number;
  readonly #maxAgeMs: number;
  /** Event key -> key of the object it speaks of. */
  readonly #involved = new Map<string, string>();
  /** Object key -> keys of the Events about it. */
  readonly #eventsOf = new Map<string, Set<string>>();
  /** Event key -> when its delete was held back; in that order. */
  readonly #retained = new Map<string, number>();

  constructor(options: RetentionOptions = {}) {
    this.#maxRetained = options.maxRetained ?? 20_000;
    this.#maxAgeMs = options.maxAgeMs ?? day;
  }

  get size(): number {
    return this.#retained.size;
  }

  /** An Event was read, new or again. `key` is namespace/name. */
  put(key: string, event: KubeObject): void {
    this.#retained.delete(key);
    const about = aboutOf(event);
    if (this.#involved.get(key) === about) return;
    this.#forget(key);
    this.#involved.set(key, about);
    const events = this.#eventsOf.get(about);
    if (events) events.add(key);
    else this.#eventsOf.set(about, new Set([key]));
  }

  /** An Event is gone from the API. Returns the Events whose delete is to be handed on now. */
  remove(key: string, now: number, exists: (object: string) => boolean): string[] {
    const about = this.#involved.get(key);
    if (about === undefined || !exists(about)) {
      this.#forget(key);
      return [key];
    }
    this.#retained.set(key, now);
    return this.#release((_, size) => size > this.#maxRetained);
  }

  /** An object is gone: so is the use of its Events that the API has dropped already. */
  objectGone(object: string): string[] {
    const released = [...(this.#eventsOf.get(object) ?? [])].filter((key) => this.#retained.has(key));
    for (const key of released) this.#forget(key);
    return released;
  }

  /** The Events that have been held long enough. */
  expire(now: number): string[] {
    return this.#release((since) => now - since >= this.#maxAgeMs);
  }

  #release(due: (since: number, size: number) => boolean): string[] {
    const released: string[] = [];
    for (const [key, since] of this.#retained) {
      if (!due(since, this.#retained.size)) break;
      this.#forget(key);
      released.push(key);
    }
    return released;
  }

  #forget(key: string): void {
    this.#retained.delete(key);
    const about = this.#involved.get(key);
    if (about === undefined) return;
    this.#involved.delete(key);
    const events = this.#eventsOf.get(about);
    events?.delete(key);
    if (events?.size === 0) this.#eventsOf.delete(about);
  }
}

const aboutOf = (event: KubeObject): string =>
  objectKey({
    group: groupOf(getText(event, 'involvedObject', 'apiVersion') ?? 'v1'),
    kind: getText(event, 'involvedObject', 'kind') ?? '',
    namespace: getText(event, 'involvedObject', 'namespace'),
    name: getText(event, 'involvedObject', 'name') ?? '',
  });
