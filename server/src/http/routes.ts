import { exporters } from '@busbar/shared/exports/registry';
import { isPicture } from '@busbar/shared/graph/graph-doc';
import { buildAnswersDoc } from '@busbar/shared/inspect/answers';
import { buildAttachmentDoc } from '@busbar/shared/inspect/attachment';
import { buildFindingsDoc } from '@busbar/shared/inspect/findings';
import { ledgerSorts } from '@busbar/shared/inspect/ledger-order';
import { litInTurns, wantedByFinding, wantedByQuery } from '@busbar/shared/inspect/lit';
import { matrixSorts } from '@busbar/shared/inspect/matrix-index';
import { buildNetworkDoc } from '@busbar/shared/inspect/network';
import { buildNodeDoc } from '@busbar/shared/inspect/node';
import { buildPreflightDoc } from '@busbar/shared/inspect/preflight';
import { explainMessage } from '@busbar/shared/inspect/rule-doc';
import { documentSchemas, schemaDocument } from '@busbar/shared/inspect/schema';
import { searchInTurns } from '@busbar/shared/inspect/search';
import { buildWorkloadDoc, buildWorkloadList } from '@busbar/shared/inspect/workload';
import { countCodes } from '@busbar/shared/rules/rule';
import { pictureView } from '@busbar/shared/view/url';
import { z } from 'zod';
import { readAnswers } from './answers.ts';
import { clusterDoc, ruleDocs, snapshotOf } from './api.ts';
import { HttpError } from './errors.ts';
import { inTurns } from './in-turns.ts';
import { sendParts, sendTopology } from './json-parts.ts';
import { readManifests } from './manifests.ts';
import { membersByCard } from './members-by-card.ts';
import { openApi } from './openapi.ts';
import { defineRoute, type Route } from './route.ts';

const MAX_WORKLOADS = 1000;
const MAX_MANIFESTS = 512 * 1024;
const MAX_FILES = 2000;
const MAX_ROWS = 500;
const MAX_COLUMNS = 200;
const MAX_OFFSET = 100_000_000;

const id = z.string().min(1).max(700);
const view = z.string().max(4096).default('').describe('A view, in the form of the query of the page’s URL');
const message = z.string().min(1).max(32_768);
const reason = z.string().max(200).default('');

const wholeNumber = (max: number) => z.coerce.number().int().min(0).max(max);

function found<T>(document: T | null | undefined, what: string, name: string): T {
  if (document === null || document === undefined) {
    throw new HttpError(404, 'not-found', `There is no ${what} '${name.slice(0, 200)}'.`);
  }
  return document;
}

/** The whole API under `/api/v1`. */
export const routes: readonly Route[] = [
  defineRoute({
    path: '/cluster',
    summary: 'What is read, how much of it could be read, and how much is broken',
    answer: { schema: 'ClusterDoc', description: 'The source, its health and counts' },
    handle: (api) => clusterDoc(api),
  }),
  defineRoute({
    path: '/topology',
    summary: 'The whole state as a snapshot document',
    answer: { schema: 'Topology', description: 'The snapshot' },
    handle: async (api, _input, { res }) => {
      await sendTopology(res, snapshotOf(api.runtime));
    },
  }),
  defineRoute({
    path: '/graph',
    summary: 'What a view draws; of the lenses table and matrix, which read their rows by parts, the totals alone',
    query: z.object({ view }),
    answer: { schema: 'GraphDoc', description: 'The graph' },
    problems: [503],
    handle: (api, { query }) => api.hub.graph(api.parseView(query.view)),
  }),
  defineRoute({
    path: '/stream',
    summary:
      'A view as it changes: events graph (whole, first), delta, cluster, findings, ping. Resumes by Last-Event-ID (or lastEventId)',
    query: z.object({
      view,
      lastEventId: z.string().max(100).optional(),
      compact: z
        .enum(['0', '1'])
        .default('0')
        .describe('1, as the page asks: documents in columns, then findings-delta and cluster-delta'),
    }),
    answer: { mimes: ['text/event-stream'], description: 'GraphDoc, GraphDelta, ClusterDoc and FindingsDoc as events' },
    problems: [503],
    handle: async (api, { query }, { req, res }) => {
      if (req.method === 'HEAD') {
        res.type('text/event-stream').end();
        return;
      }
      await api.hub.open(res, api.parseView(query.view), {
        lastEventId: req.get('Last-Event-ID')?.slice(0, 100) ?? query.lastEventId,
        compact: query.compact === '1',
      });
    },
  }),
  defineRoute({
    path: '/workloads',
    summary: 'Summaries of workloads: all, or those a card of a view stands for',
    query: z.object({ card: id.optional(), view }),
    answer: { schema: 'WorkloadListDoc', description: `At most ${MAX_WORKLOADS}; total says how many there are` },
    problems: [404, 503],
    handle: async ({ runtime: { engine }, hub, parseView }, { query }) => {
      const ids =
        query.card === undefined
          ? [...engine.workloads()].map((workload) => workload.id)
          : found(await hub.members(parseView(query.view), query.card), 'card', query.card);
      return buildWorkloadList(engine, ids, MAX_WORKLOADS);
    },
  }),
  defineRoute({
    path: '/workloads/:id',
    summary: 'A pod or VM: its attachments, findings, events and neighbours',
    params: z.object({ id }),
    answer: { schema: 'WorkloadDoc', description: 'The inspector’s document' },
    problems: [404],
    handle: ({ runtime }, { params }) => found(buildWorkloadDoc(runtime.engine, params.id), 'workload', params.id),
  }),
  defineRoute({
    path: '/networks/:id',
    summary: 'A network by its id or any alias, also one that is asked for and does not exist',
    params: z.object({ id }),
    answer: { schema: 'NetworkDoc', description: 'The inspector’s document' },
    problems: [404],
    handle: ({ runtime }, { params }) => found(buildNetworkDoc(runtime.engine, params.id), 'network', params.id),
  }),
  defineRoute({
    path: '/attachments',
    summary: 'The attachments of the workloads that a view shows, one line each, in an order and by parts',
    query: z.object({
      view,
      sort: z.enum(ledgerSorts).default('state').describe('What comes first: by state it is what needs an eye most'),
      desc: z.enum(['0', '1']).default('0').describe('1 turns the order around; lines without a value stay last'),
      offset: wholeNumber(MAX_OFFSET).default(0),
      limit: wholeNumber(MAX_ROWS).default(100),
    }),
    answer: { schema: 'LedgerDoc', description: 'The lines from offset on; total says how many there are in all' },
    handle: (api, { query: { view, sort, desc, ...part } }) =>
      api.ledgers.page(api.parseView(view), sort, { ...part, desc: desc === '1' }),
  }),
  defineRoute({
    path: '/matrix',
    summary: 'Attachments counted by row (namespace, node or owner, as the view has it) and network, by parts',
    query: z.object({
      view,
      sort: z.enum(matrixSorts).default('state').describe('What comes first: by state it is what has most broken'),
      desc: z.enum(['0', '1']).default('0').describe('1 turns the order of the rows around'),
      rows: z.string().max(200).default('').describe('Only rows whose names have this text'),
      offset: wholeNumber(MAX_OFFSET).default(0),
      limit: wholeNumber(MAX_ROWS).default(100),
      columnOffset: wholeNumber(MAX_OFFSET).default(0),
      columnLimit: wholeNumber(MAX_COLUMNS).default(50),
    }),
    answer: {
      schema: 'MatrixDoc',
      description: 'Rows and columns from their offsets on; the totals count all of them',
    },
    handle: (api, { query: { view, desc, ...part } }) =>
      api.matrices.page(api.parseView(view), { ...part, desc: desc === '1' }),
  }),
  defineRoute({
    path: '/matrix/cell',
    summary: 'What stands behind one cell of the matrix: its attachments, those in trouble first',
    query: z.object({ view, row: id, network: id }),
    answer: { schema: 'MatrixCellDoc', description: 'The counts by state and at most 200 attachments' },
    problems: [404],
    handle: async (api, { query: { view, ...at } }) =>
      found(await api.matrices.cell(api.parseView(view), at), 'cell', `${at.row} ${at.network}`),
  }),
  defineRoute({
    path: '/attachments/:id',
    summary: 'One attachment, asked for beside reported',
    params: z.object({ id }),
    answer: { schema: 'AttachmentDoc', description: 'The inspector’s document' },
    problems: [404],
    handle: ({ runtime: { engine } }, { params }) =>
      buildAttachmentDoc(engine, found(engine.attachment(params.id), 'attachment', params.id)),
  }),
  defineRoute({
    path: '/nodes/:name',
    summary: 'A node, its conditions and its workloads',
    params: z.object({ name: id }),
    answer: { schema: 'NodeDoc', description: 'The inspector’s document' },
    problems: [404],
    handle: ({ runtime }, { params }) => found(buildNodeDoc(runtime.engine, params.name), 'node', params.name),
  }),
  defineRoute({
    path: '/findings',
    summary: 'All findings, the gravest first, and what was and was not checked',
    answer: { schema: 'FindingsDoc', description: 'The findings' },
    handle: ({ runtime, rules }) => buildFindingsDoc(runtime.engine, countCodes(rules)),
  }),
  defineRoute({
    path: '/search',
    summary: 'What a name, address, CIDR, MAC, VLAN or code stands for',
    query: z.object({ q: z.string().max(300) }),
    answer: { schema: 'SearchDoc', description: 'At most 30 hits' },
    handle: ({ runtime, rules }, { query }) => inTurns(searchInTurns(runtime.engine, query.q, ruleDocs(rules))),
  }),
  defineRoute({
    path: '/lit',
    summary: 'Which cards of a view a query or a finding is about, and on which rails of theirs',
    query: z.object({ view, find: z.string().max(2048).default(''), finding: id.optional() }),
    answer: { schema: 'LitDoc', description: 'The cards, and networks that are meant by themselves' },
    problems: [503],
    handle: async ({ runtime: { engine }, hub, rules, parseView }, { query: { view, find, finding } }) => {
      const search = function* () {
        return (yield* searchInTurns(engine, find, ruleDocs(rules))).hits;
      };
      const wanted =
        finding === undefined ? await inTurns(wantedByQuery(engine, find, search)) : wantedByFinding(engine, finding);
      return inTurns(litInTurns(engine, wanted, await membersByCard(hub, parseView(view))));
    },
  }),
  defineRoute({
    path: '/rules',
    summary: 'Every rule: what is looked for, why, and what mends it',
    answer: { schema: 'RuleListDoc', description: 'The rules by code' },
    handle: ({ rules }) => ({ rules: ruleDocs(rules) }),
  }),
  defineRoute({
    path: '/rules/:code',
    summary: 'One rule',
    params: z.object({ code: z.string().min(1).max(20) }),
    answer: { schema: 'RuleDoc', description: 'The rule' },
    problems: [404],
    handle: ({ rules }, { params }) =>
      found(
        ruleDocs(rules).find(({ code }) => code === params.code.toUpperCase()),
        'rule',
        params.code,
      ),
  }),
  defineRoute({
    path: '/explain',
    summary: 'The cause that the message of an event tells',
    query: z.object({ message, reason }),
    answer: { schema: 'ExplainDoc', description: 'The cause' },
    handle: ({ rules }, { query }) => explainMessage(query, rules).doc,
  }),
  defineRoute({
    method: 'post',
    path: '/explain',
    summary: 'The same for a message that is too long for a URL',
    body: z.object({ message, reason }),
    answer: { schema: 'ExplainDoc', description: 'The cause' },
    problems: [413, 415],
    handle: ({ rules }, { body }) => explainMessage(body, rules).doc,
  }),
  defineRoute({
    method: 'post',
    path: '/preflight',
    summary:
      'What manifests would do to the cluster as it is now: what would attach, what would fail and why. Nothing is applied',
    body: z.object({
      manifests: z.string().min(1).max(MAX_MANIFESTS),
      namespace: z.string().min(1).max(63).default('default'),
    }),
    answer: { schema: 'PreflightDoc', description: 'The verdicts' },
    problems: [409, 413, 415],
    handle: async ({ runtime }, { body }) => {
      if (runtime.describe().kind === 'snapshot') {
        throw new HttpError(
          409,
          'no-objects',
          'A snapshot has no objects to try manifests on: open the cluster or its dump.',
        );
      }
      const { objects, issues } = await readManifests(body.manifests, body.namespace);
      return buildPreflightDoc(runtime.engine, objects, issues);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/answers',
    summary:
      'What files from nodes (cached CNI results, KNI and CNI 2.0 answers) say about the pods as they are now. Nothing is kept',
    body: z.object({
      files: z
        .array(z.object({ name: z.string().min(1).max(500), text: z.string() }))
        .min(1)
        .max(MAX_FILES),
    }),
    answer: { schema: 'AnswersDoc', description: 'What matches, what differs, and what is about nobody' },
    problems: [409, 413, 415],
    handle: async ({ runtime }, { body }) => {
      if (runtime.describe().kind === 'snapshot') {
        throw new HttpError(
          409,
          'no-objects',
          'A snapshot has no objects to put answers beside: open the cluster or its dump.',
        );
      }
      const { objects, files } = await readAnswers(body.files);
      return buildAnswersDoc(runtime.engine, objects, files);
    },
  }),
  defineRoute({
    path: '/export/:format',
    summary: 'The topology (and for pictures what a view shows of it) as a file',
    params: z.object({
      format: z
        .string()
        .min(1)
        .max(20)
        .describe(`One of ${exporters.map((each) => each.id).join(', ')}`),
    }),
    query: z.object({ view, theme: z.enum(['light', 'dark']).default('light') }),
    answer: { mimes: exporters.map((each) => each.mime), description: 'The file' },
    problems: [404],
    handle: async (api, { params, query }, { res }) => {
      const exporter = found(
        api.exporters.find((each) => each.id === params.format),
        'export format',
        params.format,
      );
      const topology = snapshotOf(api.runtime);
      const graph = await api.hub.graph(pictureView(api.parseView(query.view)));
      if (!isPicture(graph)) throw new TypeError(`a picture was drawn as ${graph.lens}`);
      const what = { topology, graph, theme: query.theme };
      const name = `busbar-${fileName(topology.cluster.name)}-${topology.takenAt.slice(0, 19).replaceAll(':', '')}.${exporter.extension}`;
      res.attachment(name).type(exporter.mime).set('Cache-Control', 'no-store');
      if (exporter.parts) await sendParts(res, exporter.parts(what));
      else res.send(exporter.write(what));
    },
  }),
  defineRoute({
    path: '/openapi.json',
    summary: 'This API as an OpenAPI document',
    answer: { mimes: ['application/json'], description: 'OpenAPI 3.1' },
    handle: () => openApi(routes),
  }),
  defineRoute({
    path: '/schema/:name',
    summary: 'The JSON Schema of a document',
    params: z.object({
      name: z
        .string()
        .max(80)
        .describe(`One of ${Object.keys(documentSchemas).join(', ')}`),
    }),
    answer: { mimes: ['application/schema+json'], description: 'JSON Schema 2020-12' },
    problems: [404],
    handle: (_api, { params }, { res }) => {
      const schema = found(schemaDocument(params.name.replace(/\.json$/, '')), 'schema', params.name);
      res.set('Cache-Control', 'no-cache').type('application/schema+json').send(JSON.stringify(schema));
    },
  }),
];

const fileName = (name: string): string =>
  name
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+/, '')
    .slice(0, 60) || 'cluster';
