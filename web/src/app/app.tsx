import type { SearchHit } from '@busbar/shared/inspect/documents';
import { graphQuery, viewFromQuery } from '@busbar/shared/view/url';
import { lenses } from '@busbar/shared/view/view';
import { useComputedColorScheme } from '@mantine/core';
import { type HotkeyItem, useDocumentTitle, useHotkeys } from '@mantine/hooks';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLive, useLiveStore } from '../backend/context.tsx';
import { FilterBar } from '../features/filters/filter-bar.tsx';
import { FindingsPanel } from '../features/findings/findings-panel.tsx';
import { Inspector } from '../features/inspector/inspector.tsx';
import type { NamedFile } from '../ui/dropped-files.ts';
import { lensNames } from '../ui/lens.ts';
import classes from './app.module.css';
import { type Dialog, Header } from './header.tsx';
import { AnswersDialog, ExplainDialog, KeysDialog, PreflightDialog, RightsDialog, RuleDrawer } from './lazy.tsx';
import { useLit } from './lit.ts';
import { Picture } from './picture.tsx';
import { titleOf } from './title.ts';
import { usePageDrop } from './use-page-drop.ts';
import { useView } from './use-view.ts';

export const App = () => {
  const [view, change] = useView();
  const store = useLiveStore();
  const theme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const doc = useLive((state) => state.graph);
  const cluster = useLive((state) => state.cluster);
  const findings = useLive((state) => state.findings);
  const paused = useLive((state) => state.paused);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const middle = useRef<HTMLElement>(null);
  const [files, setFiles] = useState<NamedFile[] | null>(null);
  const takeFiles = useCallback((dropped: NamedFile[]) => {
    setFiles(dropped);
    setDialog('answers');
  }, []);
  const { rule } = view;
  const openRule = useCallback((code: string) => change({ rule: code }), [change]);
  // Escape goes to every open layer at once: while it does, the page of the rule still counts as open.
  const closeRule = () => window.setTimeout(() => change({ rule: null }));
  useDocumentTitle(titleOf(view, cluster));
  const isOver = usePageDrop(takeFiles, dialog === null);

  // What is selected, found or shown as rows changes nothing that the server draws: the stream stays open.
  const drawn = graphQuery(view);
  const drawnView = useMemo(() => viewFromQuery(drawn), [drawn]);
  useEffect(() => store.show(drawnView), [store, drawnView]);

  const go = useMemo(
    () => ({
      select: (id: string) => change({ select: id }),
      rule: openRule,
      // The card of a group is gone once it is open, and those of its pods once it is closed.
      toggle: (group: string) =>
        change({
          open: view.open.includes(group) ? view.open.filter((id) => id !== group) : [...view.open, group],
          ...(view.select?.startsWith('card:') ? { select: null } : {}),
        }),
    }),
    [change, openRule, view.open, view.select],
  );
  const pick = useCallback(
    (hit: SearchHit) => {
      if (hit.type === 'rule') openRule(hit.id);
      else change({ select: hit.type === 'node' && !hit.id.startsWith('node:') ? `node:${hit.id}` : hit.id });
    },
    [change, openRule],
  );
  const shown = useLive((state) => state.shown);
  const sought = useLit(view, shown);
  // The page of a rule closes before the dialog that it lies over.
  const close = () => {
    if (rule) return;
    setDialog(null);
    setFiles(null);
  };
  const back = () => {
    // An open dialog takes the key for itself.
    if (dialog || rule) return;
    if (view.find) change({ find: '' });
    else if (view.select) change({ select: null });
  };
  useHotkeys([
    ['?', () => setDialog('keys')],
    ['shift+?', () => setDialog('keys')],
    ...lenses.map((lens): HotkeyItem => [lensNames[lens].key, () => change({ lens })]),
    ['p', () => store.setPaused(!paused)],
    ['Escape', back],
  ]);

  return (
    <div className={classes['app']}>
      <button type="button" className={classes['skip']} onClick={() => middle.current?.focus()}>
        Skip to the picture
      </button>
      <Header
        view={view}
        theme={theme}
        cluster={cluster}
        sought={sought}
        change={change}
        onDialog={setDialog}
        onPick={pick}
      />
      <div className={classes['body']}>
        <FindingsPanel
          findings={findings}
          cluster={cluster}
          selected={view.select}
          onSelect={(select) => change({ select })}
        />
        <main ref={middle} tabIndex={-1} className={classes['main']}>
          <FilterBar view={view} doc={doc} cluster={cluster} onChange={change} />
          <Picture
            view={view}
            doc={doc}
            cluster={cluster}
            findings={findings}
            sought={sought}
            theme={theme}
            change={change}
            onToggle={go.toggle}
          />
        </main>
        {view.select && (
          <Inspector
            select={view.select}
            doc={doc}
            findings={findings}
            now={cluster?.now ?? Date.now()}
            go={go}
            onClose={() => change({ select: null })}
          />
        )}
      </div>
      {isOver && (
        <div className={classes['over']} role="status">
          Drop files of a node: they are put beside what the pods report
        </div>
      )}
      <Suspense>
        {dialog === 'keys' && <KeysDialog onClose={close} />}
        {dialog === 'rights' && <RightsDialog cluster={cluster} onClose={close} />}
        {dialog === 'explain' && <ExplainDialog onClose={close} onRule={openRule} />}
        {dialog === 'preflight' && <PreflightDialog onClose={close} onRule={openRule} />}
        {dialog === 'answers' && (
          <AnswersDialog
            files={files}
            onClose={close}
            onRule={openRule}
            onSelect={(select) => {
              close();
              change({ select });
            }}
          />
        )}
      </Suspense>
      {/* Of its own, or a dialog would be hidden, and lose the focus, while this is loaded over it. */}
      <Suspense>{rule && <RuleDrawer code={rule} onClose={closeRule} />}</Suspense>
    </div>
  );
};
