/** What `busbar check -o json` prints, as far as tests look at it, and the schema that is published for it. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

export type CheckReport = {
  apiVersion: string;
  kind: 'CheckReport';
  summary: Record<string, unknown>;
  networks: { name: string; namespace?: string; technology: string }[];
  attachments: {
    pod: string;
    slot: number;
    network: string | null;
    interface?: string | null;
    ips: string[];
    state: string;
    findings: { code: string; slug: string }[];
  }[];
  findings: { code: string; slug: string; severity: string; message: string }[];
};

const schema = JSON.parse(readFileSync(new URL('../../docs/schema/CheckReport.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);

/** Where a report differs from docs/schema/CheckReport.json; empty when it is as published. */
export const schemaErrors = (report: unknown): string[] => {
  validate(report);
  return (validate.errors ?? []).map(({ instancePath, message }: ErrorObject) => `${instancePath} ${message}`);
};
