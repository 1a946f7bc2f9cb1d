import type { EventRecord } from '@busbar/shared/engine/engine-api';
import { age } from '../../ui/format.ts';
import { MarkedText } from '../../ui/marked-text.tsx';
import classes from './inspector.module.css';

export const Events = ({ events, now }: { events: EventRecord[]; now: number }) => (
  <>
    {events.length === 0 && (
      <p className={classes['none']}>No events. The API server keeps them for an hour by default.</p>
    )}
    {events.map((event) => (
      <article key={`${event.ref.name} ${event.first}`} className={classes['event']}>
        <header>
          <b data-type={event.type}>{event.reason}</b>
          <span>
            {event.component} · {event.count > 1 ? `${event.count}× over ${age(event.last - event.first)}, ` : ''}
            {age(now - event.last)} ago
          </span>
        </header>
        <MarkedText text={event.message} mark={event.mark} />
      </article>
    ))}
  </>
);
