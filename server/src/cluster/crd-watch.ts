import type { KubeConnection } from './api/connection.ts';
import { createLimiter } from './limiter.ts';
import { Reflector } from './reflector.ts';
import type { Timing } from './timing.ts';

const metadataOnly = (kind: string): string => `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;

/**
 * Notices at once that a CustomResourceDefinition came, changed or went, for those who may read them; everybody else learns it by
 * looking at discovery now and then. Only metadata is asked for: the schemas are megabytes.
 */
export class CrdWatch {
  readonly #reflector: Reflector;
  #listed = false;

  constructor(connection: KubeConnection, timing: Timing, streams: boolean, changed: () => void) {
    const target = {
      kind: { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', kind: 'CustomResourceDefinition' },
      version: 'v1',
    };
    const tell = (): void => {
      if (this.#listed) changed();
    };
    this.#reflector = new Reflector(
      {
        connection,
        target,
        timing,
        limit: createLimiter(1),
        streams,
        accept: { list: metadataOnly('PartialObjectMetadataList'), watch: metadataOnly('PartialObjectMetadata') },
      },
      {
        put: tell,
        remove: tell,
        progress: () => {},
        state: ({ phase }) => {
          if (phase === 'watching') this.#listed = true;
        },
      },
    );
  }

  start(): void {
    this.#reflector.start();
  }

  stop(): Promise<void> {
    return this.#reflector.stop();
  }
}
