import { type GraphDoc, isPicture } from '@busbar/shared/graph/graph-doc';
import type { GraphTotals } from '@busbar/shared/graph/lens-doc';
import type { ClusterDoc } from '@busbar/shared/inspect/documents';
import { attachmentStates } from '@busbar/shared/model/topology';
import { isOfRows } from '@busbar/shared/view/url';
import type { View } from '@busbar/shared/view/view';
import { Button, Menu, TextInput } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { Fragment, useEffect, useId, useState } from 'react';
import { count, plural } from '../../ui/format.ts';
import { lensNames } from '../../ui/lens.ts';
import classes from './filters.module.css';
import { queryError } from './query-error.ts';

type Change = (change: Partial<View>, how?: 'push' | 'replace') => void;
type Props = { view: View; doc: GraphDoc | null; cluster: ClusterDoc | null; onChange: Change };

/** More are looked for by name. */
const FEW = 12;

const BANDS: { value: View['by']; label: string }[] = [
  { value: 'namespace', label: 'Bands by namespace' },
  { value: 'node', label: 'Bands by node' },
  { value: 'owner', label: 'Bands by owner' },
];

/** What shares a card, where that is not plain from the card itself. */
const groupedBy = (grouped: GraphTotals['grouped'], by: View['by']): string => {
  switch (grouped) {
    case 'owner':
      return ', by owner and state';
    case 'band':
      return `, by ${by} and state`;
    case 'networks':
      return ', by their networks and state';
    default:
      return '';
  }
};

const toggled = (list: readonly string[], value: string): string[] =>
  list.includes(value) ? list.filter((one) => one !== value) : [...list, value];

const Choice = ({
  label,
  all,
  chosen,
  options,
  onChange,
}: {
  label: string;
  all: string;
  chosen: string[];
  options: { value: string; note?: string }[];
  onChange(next: string[]): void;
}) => {
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const offered = wanted
    ? options.filter(({ value }) => value.toLowerCase().includes(wanted) || chosen.includes(value))
    : options;
  return (
    <Menu closeOnItemClick={false} position="bottom-start" withinPortal={false} onClose={() => setText('')}>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant={chosen.length > 0 ? 'light' : 'subtle'}
          color={chosen.length > 0 ? 'blue' : 'gray'}
          rightSection={<IconChevronDown size={12} />}
        >
          {chosen.length === 0 ? all : chosen.length === 1 ? chosen[0] : `${chosen.length} ${label}`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes['dropdown'] ?? ''}>
        {options.length > FEW && (
          <TextInput
            size="xs"
            className={classes['among'] ?? ''}
            aria-label={`Only ${label} named`}
            placeholder={`${count(options.length)} ${label}, named …`}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            // The menu takes letters and Home for its own keys.
            onKeyDown={(event) => !['Escape', 'ArrowDown', 'Tab'].includes(event.key) && event.stopPropagation()}
          />
        )}
        <Menu.Item onClick={() => onChange([])} disabled={chosen.length === 0}>
          {all}
        </Menu.Item>
        <Menu.Divider />
        {offered.map(({ value, note }) => (
          <Menu.CheckboxItem
            key={value}
            checked={chosen.includes(value)}
            rightSection={note ? <span className={classes['note']}>{note}</span> : null}
            onChange={() => onChange(toggled(chosen, value))}
          >
            {value}
          </Menu.CheckboxItem>
        ))}
        {offered.length === 0 && <Menu.Label>None is called “{text.trim()}”</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
};

const HINTS: readonly [term: string, means: string][] = [
  ['ns:lab', 'namespace'],
  ['pod:upf*', 'name of the pod'],
  ['net:storage', 'network'],
  ['state:broken', 'or failed, pending …'],
  ['node:worker-3', 'where it runs'],
  ['ip:10.40.0.0/24', 'address or range'],
  ['vlan:310', 'also mac:02* and if:net1'],
  ['label:app=upf', 'label'],
  ['-owner:Job', 'owner, by kind or name'],
  ['code:MN104', 'finding'],
];

const HideBox = ({ value, onChange }: { value: string; onChange(next: string): void }) => {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const error = queryError(text);
  const hint = useId();
  const [focused, setFocused] = useState(false);
  return (
    <div className={classes['hide']}>
      <TextInput
        size="xs"
        aria-label="Show only what matches"
        placeholder="only: ns:lab state:failed"
        value={text}
        error={error ?? undefined}
        aria-describedby={hint}
        onFocus={() => setFocused(true)}
        classNames={{ input: classes['query'] ?? '', error: classes['error'] ?? '' }}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => {
          setFocused(false);
          if (!error && text !== value) onChange(text);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !error) onChange(text);
          if (event.key === 'Escape') {
            setText('');
            onChange('');
          }
        }}
      />
      <div id={hint} className={classes['hint']} hidden={!focused || error !== null}>
        <p>All of it must hold; a minus excludes, * stands for anything.</p>
        <dl>
          {HINTS.map(([term, means]) => (
            <Fragment key={term}>
              <dt>{term}</dt>
              <dd>{means}</dd>
            </Fragment>
          ))}
        </dl>
      </div>
    </div>
  );
};

/** What is drawn and what is not, with the true numbers beside it. */
export const FilterBar = ({ view, doc, cluster, onChange }: Props) => {
  const totals = doc?.totals;
  const states = ['broken', ...attachmentStates].map((value) => {
    const n = value === 'broken' ? undefined : totals?.states[value as keyof typeof totals.states];
    return n === undefined ? { value } : { value, note: count(n) };
  });
  const namespaces = (cluster?.namespaces ?? []).map((one) => ({
    value: one.name,
    note: one.broken > 0 ? `${count(one.broken)} of ${count(one.workloads)} broken` : count(one.workloads),
  }));
  const idle = totals ? totals.networks - totals.drawnNetworks : 0;
  const isDrawn = doc !== null && isPicture(doc) && !isOfRows(view.lens);
  const filtered = totals && totals.shownWorkloads < totals.workloads;
  return (
    <div className={classes['bar']} role="toolbar" aria-label="Filters">
      <span className={classes['totals']} data-testid="totals">
        {totals && (
          <>
            <b>
              {filtered
                ? `${count(totals.shownWorkloads)} of ${plural(totals.workloads, 'pod')}`
                : plural(totals.workloads, 'pod')}
            </b>{' '}
            {isDrawn ? (
              <>
                as {plural(totals.cards, 'card')}
                {groupedBy(totals.grouped, view.by)} <span aria-hidden="true">·</span> {count(totals.drawnNetworks)} of{' '}
                {plural(totals.networks, 'network')}
              </>
            ) : (
              <>
                <span aria-hidden="true">·</span> {plural(totals.attachments, 'attachment')}
              </>
            )}
          </>
        )}
      </span>
      {view.open.length > 0 && (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange({ open: [] })}>
          Close {plural(view.open.length, 'open group')}
        </Button>
      )}
      <span className={classes['space']} />
      <Choice
        label="namespaces"
        all="All namespaces"
        chosen={view.namespaces}
        options={namespaces}
        onChange={(next) => onChange({ namespaces: next })}
      />
      <Choice
        label="states"
        all="All states"
        chosen={view.states}
        options={states}
        onChange={(next) => onChange({ states: next })}
      />
      <Menu position="bottom-end" withinPortal={false}>
        <Menu.Target>
          <Button size="compact-xs" variant="subtle" color="gray" rightSection={<IconChevronDown size={12} />}>
            Show
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {lensNames[view.lens].bands && (
            <>
              <Menu.RadioGroup value={view.by} onChange={(by) => onChange({ by: by as View['by'] })}>
                {BANDS.map(({ value, label }) => (
                  <Menu.RadioItem key={value} value={value}>
                    {label}
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
              <Menu.Divider />
            </>
          )}
          <Menu.CheckboxItem checked={view.defaultNetwork} onChange={(defaultNetwork) => onChange({ defaultNetwork })}>
            Default network
          </Menu.CheckboxItem>
          {lensNames[view.lens].idle && (
            <Menu.CheckboxItem
              checked={view.idle}
              rightSection={!view.idle && idle > 0 ? <span className={classes['note']}>{count(idle)}</span> : null}
              onChange={(next) => onChange({ idle: next })}
            >
              Networks without pods
            </Menu.CheckboxItem>
          )}
          {view.open.length > 0 && (
            <Menu.Item onClick={() => onChange({ open: [] })}>
              Close {plural(view.open.length, 'opened group')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <HideBox value={view.hide} onChange={(hide) => onChange({ hide })} />
    </div>
  );
};
