/** A JSON Schema (2020-12) as a plain value, and the few words that the published schemas are written in. */
export type Schema = { readonly [keyword: string]: unknown };
export type Properties = { readonly [name: string]: Schema };

export const text: Schema = { type: 'string' };
export const time: Schema = { type: 'string', description: 'RFC 3339' };
export const millis: Schema = { type: 'number', description: 'ms since the epoch' };
export const number: Schema = { type: 'number' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const flag: Schema = { type: 'boolean' };
export const texts: Schema = { type: 'array', items: { type: 'string' } };
export const textMap: Schema = { type: 'object', additionalProperties: { type: 'string' } };

export const words = (...values: readonly string[]): Schema => ({ type: 'string', enum: [...values] });
export const constant = (value: string): Schema => ({ const: value });
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
export const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
export const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
export const anyOf = (...schemas: readonly Schema[]): Schema => ({ anyOf: schemas });

/** An object with `required` and `optional` fields. More fields may come in later versions: readers ignore what they do not know. */
export const object = (required: Properties, optional: Properties = {}, description?: string): Schema => ({
  type: 'object',
  ...(description === undefined ? {} : { description }),
  required: Object.keys(required),
  properties: { ...required, ...optional },
});

/** `base` with more fields. */
export const extend = (base: Schema, required: Properties, optional: Properties = {}): Schema => ({
  ...base,
  required: [...asTexts(base['required']), ...Object.keys(required)],
  properties: { ...asProperties(base['properties']), ...required, ...optional },
});

const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
const asProperties = (value: unknown): Properties =>
  typeof value === 'object' && value !== null ? (value as Properties) : {};

/** Every schema that `name` needs, itself left out, by name. */
export function neededBy(name: string, all: ReadonlyMap<string, Schema>): Map<string, Schema> {
  const needed = new Map<string, Schema>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key !== '$ref' || typeof inner !== 'string') {
        visit(inner);
        continue;
      }
      const target = inner.slice('#/$defs/'.length);
      const schema = all.get(target);
      if (!schema || needed.has(target)) continue;
      needed.set(target, schema);
      visit(schema);
    }
  };
  visit(all.get(name));
  return needed;
}
