import type { LitDoc, SearchHit } from '@busbar/shared/inspect/documents';
import { Combobox, Kbd, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue, useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useBackend } from '../../backend/context.tsx';
import { plural } from '../../ui/format.ts';
import classes from './search.module.css';

type Props = {
  /** What is lit in the picture just now. */
  find: string;
  /** What `find` is about in the picture; null where nothing is, or until it is known. */
  found: LitDoc | null;
  onPick(hit: SearchHit): void;
  onFind(find: string): void;
};

const WORDS: Record<SearchHit['type'], string> = {
  workload: 'pod',
  network: 'network',
  node: 'node',
  attachment: 'interface',
  finding: 'finding',
  rule: 'rule',
};

const foundText = ({ workloads, networks }: LitDoc): string =>
  workloads === 0 && networks.length > 0 ? plural(networks.length, 'network') : plural(workloads, 'pod');

/** One box for everything that has a name, an address or a code. */
export const SearchBox = ({ find, found, onPick, onFind }: Props) => {
  const backend = useBackend();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(find);
  /** Enter was pressed before the hits were there: the first one is opened when they come. */
  const [eager, setEager] = useState(false);
  useEffect(() => setText(find), [find]);
  const [query] = useDebouncedValue(text.trim(), 120);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const { data, error } = useQuery({
    queryKey: ['search', query],
    queryFn: ({ signal }) => backend.search(query, signal),
    enabled: query !== '',
  });
  const focus = () => {
    input.current?.focus();
    input.current?.select();
  };
  useHotkeys(
    [
      ['/', focus],
      ['mod+K', focus],
    ],
    ['INPUT', 'TEXTAREA'].filter((tag) => tag !== 'INPUT'),
  );
  const hits = query === '' ? [] : (data?.hits ?? []);
  const pick = (value: string) => {
    const hit = hits[Number(value)];
    if (!hit) return;
    combobox.closeDropdown();
    onPick(hit);
    input.current?.blur();
  };
  const arrived = useEffectEvent(() => {
    if (hits.length > 0) combobox.selectFirstOption();
    if (eager && data?.query === text.trim()) {
      setEager(false);
      if (hits.length > 0) pick('0');
    }
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first hit is chosen when an answer arrives
  useEffect(() => arrived(), [data]);
  const problem = data?.error ?? error?.message;
  const highlight = () => {
    if (text.trim() === '') return;
    combobox.closeDropdown();
    onFind(text.trim());
  };
  return (
    <Combobox store={combobox} onOptionSubmit={pick} withinPortal={false} position="bottom-start" width="target">
      <Combobox.Target targetType="input">
        <TextInput
          ref={input}
          className={classes['box']}
          size="xs"
          data-testid="search"
          aria-label="Find a pod, network, IP, MAC or code"
          placeholder="Find a pod, network, IP, MAC or code"
          leftSection={<IconSearch size={14} />}
          rightSection={
            text === '' ? (
              <Kbd size="xs">Ctrl K</Kbd>
            ) : (
              find !== '' &&
              text === find && (
                <span
                  className={classes['found']}
                  role="status"
                  title={found?.error}
                  data-wrong={found?.error || undefined}
                >
                  {found && (found.error ? 'mistake' : foundText(found))}
                </span>
              )
            )
          }
          rightSectionWidth={text === '' ? 56 : 76}
          value={text}
          onFocus={() => text && combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setEager(false);
            // What was chosen belongs to the text before.
            combobox.resetSelectedOption();
            if (event.currentTarget.value.trim()) combobox.openDropdown();
            else {
              combobox.closeDropdown();
              onFind('');
            }
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              setText('');
              onFind('');
              event.currentTarget.blur();
            } else if (event.key === 'Enter' && !event.shiftKey && data?.query !== text.trim()) {
              event.preventDefault();
              setEager(text.trim() !== '');
            } else if (event.key === 'Enter' && event.shiftKey) {
              event.preventDefault();
              highlight();
            }
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={query === ''}>
        {hits.length > 0 && (
          <Combobox.Options mah={360} className={classes['options']} aria-label="Search hits">
            {hits.map((hit, index) => (
              <Combobox.Option
                key={`${hit.type} ${hit.id} ${hit.field}`}
                value={String(index)}
                className={classes['option']}
              >
                <span className={classes['kind']}>{WORDS[hit.type]}</span>
                <span className={classes['title']}>{hit.title}</span>
                <span className={classes['subtitle']}>{hit.subtitle}</span>
                {hit.field !== 'name' && <span className={classes['field']}>{hit.field}</span>}
              </Combobox.Option>
            ))}
          </Combobox.Options>
        )}
        {problem && <Combobox.Empty>{problem}</Combobox.Empty>}
        {!problem && data && data.query === query && hits.length === 0 && (
          <Combobox.Empty>
            Nothing is called or has “{query}”. <Kbd size="xs">Shift Enter</Kbd> lights what it matches as a query, as
            in ns:lab state:failed
          </Combobox.Empty>
        )}
        {hits.length > 1 && (
          <Combobox.Footer className={classes['footer']}>
            <Kbd size="xs">Enter</Kbd> opens · <Kbd size="xs">Shift Enter</Kbd> lights all in the picture
          </Combobox.Footer>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
};
