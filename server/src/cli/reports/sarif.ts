import type { CheckReport } from '@busbar/shared/inspect/check-report';
import type { Finding, Severity } from '@busbar/shared/model/topology';
import { version } from '../../version.ts';
import { placesOf, subjectPlaces } from './places.ts';
import type { ReportFormat } from './report.ts';

const LEVELS: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 2.1.0. A finding is in objects of a cluster, not in lines of a file: its places are logical locations. */
export const sarif: ReportFormat = {
  id: 'sarif',
  title: 'SARIF 2.1.0, for code scanning',
  write: (report) => `${JSON.stringify(toSarif(report), null, 2)}\n`,
};

function toSarif(report: CheckReport): unknown {
  const places = placesOf(report);
  const codes = [...new Set(report.findings.map(({ code }) => code))].sort();
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'busbar',
            semanticVersion: version,
            rules: codes.map((code) => toRule(code, report.findings)),
          },
        },
        results: report.findings.map((finding) => toResult(finding, codes, places)),
      },
    ],
  };
}

function toRule(code: string, findings: readonly Finding[]): unknown {
  const finding = findings.find((each) => each.code === code);
  return {
    id: code,
    shortDescription: { text: finding?.title ?? code },
    help: { text: [finding?.cause, finding?.fix.text].filter(Boolean).join(' ') || code },
  };
}

function toResult(finding: Finding, codes: readonly string[], places: ReadonlyMap<string, string>): unknown {
  return {
    ruleId: finding.code,
    ruleIndex: codes.indexOf(finding.code),
    level: LEVELS[finding.severity],
    message: { text: `${finding.title}. ${finding.message}`.trim() },
    locations: subjectPlaces(finding, places).map((name) => ({
      logicalLocations: [{ fullyQualifiedName: name, kind: 'resource' }],
    })),
    partialFingerprints: { 'busbarFinding/v1': finding.id },
    properties: { slug: finding.slug, confidence: finding.confidence },
  };
}
