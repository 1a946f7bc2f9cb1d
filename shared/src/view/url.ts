import { defaultView, type Lens, lenses, type View } from './view.ts';

const bands: readonly string[] = ['namespace', 'node', 'owner'];
const textLimit = 2048;
const listLimit = 200;

const toList = (text: string | undefined): string[] =>
  text
    ? text
        .slice(0, textLimit * 4)
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean)
        .slice(0, listLimit)
    : [];

/** The view as a URL query without '?': what equals the default is left out, lists are joined by commas, keys have one order. */
export function viewToQuery(view: View): string {
  const parts: string[] = [];
  const put = (key: string, value: string) => {
    if (value) parts.push(`${key}=${encodeURIComponent(value).replaceAll('%20', '+')}`);
  };
  if (view.lens !== defaultView.lens) put('lens', view.lens);
  if (view.by !== defaultView.by) put('by', view.by);
  put('ns', view.namespaces.join(','));
  put('state', view.states.join(','));
  put('hide', view.hide);
  put('find', view.find);
  put('open', view.open.map(encodeComma).join(','));
  if (view.idle) put('idle', '1');
  if (!view.defaultNetwork) put('default', '0');
  if (view.select) put('select', view.select);
  put('sort', view.sort);
  put('rule', view.rule ?? '');
  return parts.join('&');
}

/** Total: whatever cannot be read is the default. */
export function viewFromQuery(text: string): View {
  const query = readPairs(text.startsWith('?') ? text.slice(1) : text);
  const lens = query.get('lens') ?? '';
  const by = query.get('by') ?? '';
  return {
    lens: lenses.find((one) => one === lens) ?? defaultView.lens,
    by: bands.includes(by) ? (by as View['by']) : defaultView.by,
    namespaces: toList(query.get('ns')),
    states: toList(query.get('state')),
    hide: (query.get('hide') ?? '').slice(0, textLimit),
    find: (query.get('find') ?? '').slice(0, textLimit),
    open: toList(query.get('open')).map(decodeComma),
    idle: query.get('idle') === '1',
    defaultNetwork: query.get('default') !== '0',
    select: (query.get('select') ?? '').slice(0, textLimit) || null,
    sort: (query.get('sort') ?? '').slice(0, 40),
    rule: (query.get('rule') ?? '').slice(0, 40) || null,
  };
}

/** What decides the graph document: two pages whose graph queries are equal share one stream. */
export const graphQuery = (view: View): string => {
  const { by, namespaces, states, hide, defaultNetwork } = view;
  if (isOfRows(view.lens))
    return viewToQuery({ ...defaultView, lens: 'table', by, namespaces, states, hide, defaultNetwork });
  return viewToQuery({ ...view, select: null, find: '', sort: '', rule: null });
};

/** Lenses that read their rows by parts; their document has nothing but numbers. */
export const isOfRows = (lens: Lens): boolean => lens === 'table' || lens === 'matrix';

/** What a picture of a view shows: lenses without one are drawn as rails. */
export const pictureView = (view: View): View => (isOfRows(view.lens) ? { ...view, lens: 'rails' } : view);

const encodeComma = (text: string): string => text.replaceAll('%', '%25').replaceAll(',', '%2C');
const decodeComma = (text: string): string => text.replaceAll('%2C', ',').replaceAll('%25', '%');

/** As a form encodes it: '+' is a blank, a bad escape stands for itself. */
function readPairs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const part of text.slice(0, 65536).split('&')) {
    const equal = part.indexOf('=');
    if (equal > 0) pairs.set(decode(part.slice(0, equal)), decode(part.slice(equal + 1)));
  }
  return pairs;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
