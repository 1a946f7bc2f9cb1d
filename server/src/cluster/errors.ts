/** Why a source could not be read, as a word that code may switch on. */
export type SourceErrorCode =
  | 'not-found'
  | 'permission-denied'
  | 'empty'
  | 'binary'
  | 'no-objects'
  | 'too-large'
  | 'invalid'
  | 'kubeconfig'
  | 'unreachable'
  | 'tls'
  | 'unauthorized'
  | 'stopped';

/**
 * A source that cannot be read, in words a person can act on: `message` says what is wrong, `hint` what to try. The CLI prints both
 * and exits 2; the page shows both.
 */
export class SourceError extends Error {
  readonly code: SourceErrorCode;
  readonly hint: string;

  constructor(code: SourceErrorCode, message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SourceError';
    this.code = code;
    this.hint = hint;
  }
}

/** The words of any thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The `code` of a Node error ('ENOENT'), if it has one. */
export const codeOf = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};
