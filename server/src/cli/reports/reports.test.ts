import { createTopologyEngine } from '@busbar/shared/engine/from-topology';
import { buildCheckReport, type CheckReport } from '@busbar/shared/inspect/check-report';
import { describe, expect, test } from 'vitest';
import { sampleTopology } from '../../http/testing.ts';
import { escapeXml } from './junit.ts';
import { reportFormats } from './registry.ts';

const plain = { colour: false, width: 100 };

function write(format: string, change: (report: CheckReport) => void = () => {}, terminal = plain): string {
  const engine = createTopologyEngine(sampleTopology());
  const report = buildCheckReport(engine, {
    source: 'lab',
    takenAt: '2026-11-24T10:00:00Z',
    rules: 91,
    namespaces: [],
  });
  change(report);
  const written = reportFormats.find(({ id }) => id === format)?.write(report, terminal) ?? '';
  return typeof written === 'string' ? written : [...written].join('');
}

/** What a stranger could write into a name or an event. */
const nasty = '</failure>]]> <script>alert(1)</script> `code` |cell| [a](b) \u001b[31mred\u202e \ud800';
const spoil = (report: CheckReport): void => {
  for (const finding of report.findings)
    Object.assign(finding, { title: nasty, message: nasty, fix: { text: nasty, commands: [nasty], patch: nasty } });
  report.attachments = [...report.attachments].map((attachment) => ({
    ...attachment,
    pod: `a/${nasty}`,
    network: nasty,
    interface: nasty,
  }));
};

test.each([
  ['attachments', () => {}],
  [
    'none',
    (report: CheckReport) => {
      report.attachments = [];
    },
  ],
])('JSON in parts is the JSON of the whole: %s', (_, change) => {
  let whole: unknown;
  const parts = write('json', (report) => {
    change(report);
    whole = { ...report, attachments: [...report.attachments] };
  });
  expect(parts).toBe(`${JSON.stringify(whole, null, 2)}\n`);
});

test.each(reportFormats.map(({ id }) => id))('%s tells the finding and where it is', (format) => {
  const text = write(format);
  expect(text).toContain('MN102');
  expect(text).toContain('NAD lab/storage does not exist');
  expect(text).toContain('lab/b');
});

test('text has colours on a terminal that shows them, and no control character of a stranger anywhere', () => {
  expect(write('text', undefined, { colour: true, width: 80 })).toContain('\u001b[31m');
  for (const format of ['text', 'markdown', 'junit']) expect(write(format, spoil)).not.toMatch(/(?![\n\t])[\p{Cc}]/u);
  expect(write('text', spoil)).not.toContain('\u202e');
});

test('text says that nothing was found, and what could not be looked at', () => {
  const text = write('text', (report) => {
    report.findings = [];
    report.summary.errors = 0;
    report.summary.brokenWorkloads = 0;
    report.summary.unread = [
      { group: 'x.io', resource: 'nets', kind: 'Net', availability: 'forbidden', count: 0, detail: 'no rights' },
    ];
  });
  expect(text).toContain('✓ nothing found');
  expect(text).toContain('not checked: nets.x.io (forbidden: no rights)');
});

describe('SARIF', () => {
  test('has a rule for every result and a stable fingerprint', () => {
    const [run] = (
      JSON.parse(write('sarif', spoil)) as {
        runs: { tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }[];
      }
    ).runs;
    for (const result of run?.results ?? []) {
      expect(run?.tool.driver.rules[Number(result['ruleIndex'])]?.id).toBe(result['ruleId']);
      expect(result['partialFingerprints']).toEqual({ 'busbarFinding/v1': 'MN102:lab/storage' });
      expect(result['level']).toBe('error');
    }
    expect(run?.results).toHaveLength(1);
  });
});

describe('JUnit', () => {
  test('counts what failed, and lets no markup through', () => {
    const text = write('junit', spoil);
    expect(text).toContain('tests="2" failures="1"');
    expect(text).not.toContain('<script>');
    expect(text.match(/<\/failure>/g)).toHaveLength(1);
  });

  test.each([
    ['a & b', 'a &amp; b'],
    ['\u0000\u0008', '\ufffd\ufffd'],
    ['\ud800', '\ufffd'],
    ['"<>\n', '&quot;&lt;&gt;&#10;'],
  ])('%j is written as %s', (text, xml) => {
    expect(escapeXml(text)).toBe(xml);
  });
});

test('Markdown lets no link, tag, cell or fence of a stranger through', () => {
  const text = write('markdown', spoil);
  const prose = text.replace(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, '');
  expect(prose).not.toMatch(/[^\\]<script/);
  expect(prose).not.toMatch(/[^\\]\[a\]\(b\)/);
  expect(prose).not.toMatch(/[^\\]`/);
});
