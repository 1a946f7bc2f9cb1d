import { objectKey } from '../model/ids.ts';
import type { ObjectEventClaim } from '../providers/object-event.ts';
import type { Claims } from '../providers/provider.ts';
import type { ObjectFacts } from '../rules/rule.ts';

/** The newest tell enough, and one object may have very many. */
const shown = 20;

const idOf = ({ about }: ObjectEventClaim): string => objectKey(about);

/** Events about objects that are no workloads; each such object is a subject of its own. */
export function createObjectEvents(mark: (id: string) => void) {
  /** Key of the object -> key of the event -> event. */
  const byObject = new Map<string, Map<string, ObjectEventClaim>>();

  const index = (claim: ObjectEventClaim, on: boolean) => {
    const id = idOf(claim);
    const own = byObject.get(id) ?? new Map<string, ObjectEventClaim>();
    if (on) own.set(objectKey(claim.record.ref), claim);
    else own.delete(objectKey(claim.record.ref));
    if (own.size > 0) byObject.set(id, own);
    else byObject.delete(id);
    mark(id);
  };

  return {
    change: (before: Claims | undefined, after: Claims | undefined): void => {
      if (before?.objectEvent) index(before.objectEvent, false);
      if (after?.objectEvent) index(after.objectEvent, true);
    },
    /** Newest first, and only those about the object that has this name now. */
    facts: (id: string): ObjectFacts | undefined => {
      const sorted = [...(byObject.get(id)?.values() ?? [])].sort(byAge);
      const newest = sorted[0];
      if (!newest) return undefined;
      const { uid } = newest.about;
      const events = sorted.filter(({ about }) => !uid || !about.uid || about.uid === uid);
      return { ref: newest.about, of: newest.of, events: events.slice(0, shown) };
    },
  };
}

const byAge = (a: ObjectEventClaim, b: ObjectEventClaim): number =>
  b.record.last - a.record.last || (idOfEvent(a) < idOfEvent(b) ? -1 : 1);

const idOfEvent = ({ record }: ObjectEventClaim): string => objectKey(record.ref);
