import { lazy } from 'react';

/** Parts that the first picture does not need. */
export const TableView = lazy(async () => ({ default: (await import('../features/table/table-view.tsx')).TableView }));
export const MatrixView = lazy(async () => ({
  default: (await import('../features/matrix/matrix-view.tsx')).MatrixView,
}));
export const NodesView = lazy(async () => ({ default: (await import('../features/nodes/nodes-view.tsx')).NodesView }));
export const KeysDialog = lazy(async () => ({
  default: (await import('../features/status/keys-dialog.tsx')).KeysDialog,
}));
export const RightsDialog = lazy(async () => ({
  default: (await import('../features/status/rights-dialog.tsx')).RightsDialog,
}));
export const ExplainDialog = lazy(async () => ({
  default: (await import('../features/explain/explain-dialog.tsx')).ExplainDialog,
}));
export const PreflightDialog = lazy(async () => ({
  default: (await import('../features/preflight/preflight-dialog.tsx')).PreflightDialog,
}));
export const AnswersDialog = lazy(async () => ({
  default: (await import('../features/node-answers/answers-dialog.tsx')).AnswersDialog,
}));
export const RuleDrawer = lazy(async () => ({
  default: (await import('../features/rules/rule-drawer.tsx')).RuleDrawer,
}));
