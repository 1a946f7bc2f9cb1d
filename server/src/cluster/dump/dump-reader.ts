import { messageOf, SourceError } from '../errors.ts';
import type { DumpIssue, Sink, SourceDescription } from '../source.ts';
import { readTar } from './archive.ts';
import { type ByteStream, gunzip, isGzip, isTar, isText, isZip, peek, toUtf8 } from './bytes.ts';
import { type Collected, Collector } from './collector.ts';
import type { DumpOptions, DumpSource } from './dump.ts';
import { claimsData, type DumpFile, pathError } from './files.ts';
import { readJson, readYaml } from './read-text.ts';

export type DumpLimits = { maxFiles: number; maxEntries: number; maxEntryBytes: number; maxTotalBytes: number };

export const defaultDumpLimits: DumpLimits = {
  maxFiles: 200_000,
  maxEntries: 500_000,
  maxEntryBytes: 8 * 1024 ** 3,
  maxTotalBytes: 32 * 1024 ** 3,
};

const nothing: Collected = { issues: [], skipped: {}, objects: 0, lists: 0, newest: 0 };
const day = 24 * 60 * 60 * 1000;

/** Reads the files of one dump into one collector. One use: a dump is read once. */
export class DumpReader {
  readonly #name: string;
  readonly #options: DumpOptions;
  readonly #limits: DumpLimits;
  readonly #early: DumpIssue[];
  #collector: Collector | undefined;
  #sink: Sink | undefined;
  #collected: Collected = nothing;
  #bytes = 0;
  #stopped = false;

  constructor(name: string, options: DumpOptions, limits: DumpLimits, early: DumpIssue[]) {
    this.#name = name;
    this.#options = options;
    this.#limits = limits;
    this.#early = early;
  }

  source(description: SourceDescription, read: () => Promise<void>): DumpSource {
    const now = this.#options.now ?? Date.now;
    return {
      describe: () => description,
      issues: () => this.#collected.issues,
      skipped: () => this.#collected.skipped,
      progress: () => ({ bytes: this.#bytes, objects: this.#collector?.taken ?? 0 }),
      start: async (sink) => {
        await this.#start(sink, now, read);
        const { newest } = this.#collected;
        if (newest > 0) description.takenAt = new Date(Math.min(newest, now() + day)).toISOString();
      },
      stop: async () => {
        this.#stopped = true;
      },
    };
  }

  async #start(sink: Sink, now: () => number, read: () => Promise<void>): Promise<void> {
    if (this.#collector) throw new SourceError('stopped', 'a dump can be read only once', 'Open it again.');
    let loaded = 0;
    const collector = new Collector(this.#options.kinds, this.#options.namespaces, (batch) => {
      sink.changes(batch);
      loaded += batch.length;
      if (!this.#stopped) sink.health({ state: 'loading', since, loaded });
    });
    this.#collector = collector;
    this.#sink = sink;
    for (const issue of this.#early) collector.issue(issue);
    const since = now();
    sink.health({ state: 'loading', since, loaded });
    await read();
    this.#collected = collector.finish();
    if (this.#stopped) throw new SourceError('stopped', `${this.#name}: reading was stopped`, 'Start again.');
    this.#refuseNothing();
    sink.health({ state: 'live', since: now(), loaded: this.#collected.objects });
  }

  /** An empty list is an answer; nothing but unreadable or unrelated text is none. */
  #refuseNothing(): void {
    const { objects, lists, issues, skipped } = this.#collected;
    const others = Object.entries(skipped);
    if (objects > 0 || (lists > 0 && others.length === 0 && issues.length === 0)) return;
    const first = issues[0] ? ` (${this.#place(issues[0])}${issues[0].message})` : '';
    if (others.length > 0) {
      const list = others.slice(0, 8).map(([kind, count]) => `${kind} ${count}`);
      throw new SourceError(
        'no-objects',
        `${this.#name} holds no object of a kind that Busbar reads; it holds ${list.join(', ')}${first}`,
        'Record at least pods and networks: kubectl get pods,events,nodes,net-attach-def -A -o json',
      );
    }
    throw new SourceError(
      issues.some((issue) => issue.message.startsWith('binary')) ? 'binary' : 'no-objects',
      `${this.#name}: nothing in it could be read as Kubernetes objects${first}`,
      'Pass the output of kubectl get -o json or -o yaml, a folder of such files, a must-gather, or a Busbar snapshot.',
    );
  }

  #place({ file, line }: DumpIssue): string {
    const name = file === this.#name ? '' : file;
    if (line === undefined) return name && `${name}: `;
    return name ? `${name}:${line}: ` : `line ${line}: `;
  }

  async readFiles(files: DumpFile[]): Promise<void> {
    for (const file of files) {
      if (this.#stopped) return;
      try {
        const { head, rest } = await peek(file.open());
        await this.readStream(file.name, head, rest, !claimsData(file.name));
      } catch (error) {
        if (error instanceof SourceError) throw error;
        this.#issue(file.name, pathError(file.name, error).message);
      }
    }
  }

  /** One file, whatever it is. `quiet`: its name claims nothing, so that it is no news when it holds no object. */
  async readStream(name: string, head: Buffer, stream: ByteStream, quiet = false, depth = 0): Promise<void> {
    if (head.length === 0) return quiet ? undefined : this.#issue(name, 'the file is empty');
    if (isGzip(head)) {
      if (depth > 0) return this.#issue(name, 'gzip within gzip: left out');
      const inner = await peek(gunzip(stream, name));
      return this.readStream(name, inner.head, inner.rest, quiet, depth + 1);
    }
    if (isTar(head)) {
      if (depth > 1) return this.#issue(name, 'an archive within an archive: left out');
      return this.#readArchive(name, stream);
    }
    if (isZip(head)) return this.#issue(name, 'binary: a zip archive. Unpack it and pass the folder');
    if (!isText(head)) return quiet ? undefined : this.#issue(name, 'binary file, not JSON or YAML');
    await this.#readText(name, head, stream, quiet);
  }

  async #readArchive(archive: string, stream: ByteStream): Promise<void> {
    for await (const entry of readTar(stream, archive, this.#limits)) {
      if (this.#stopped) return;
      if ('problem' in entry) this.#issue(entry.name, entry.problem);
      else await this.#readEntry(entry.name, entry.stream);
    }
  }

  async #readEntry(name: string, stream: ByteStream): Promise<void> {
    try {
      const { head, rest } = await peek(stream);
      await this.readStream(name, head, rest, !claimsData(name), 2);
      // The archive goes on only once its entry is read to the end.
      for await (const _ of rest);
    } catch (error) {
      if (error instanceof SourceError) throw error;
      this.#issue(name, `breaks early: ${messageOf(error)}`);
    }
  }

  async #readText(name: string, head: Buffer, stream: ByteStream, quiet: boolean): Promise<void> {
    const collector = this.#collector;
    if (!collector) return;
    const text = toUtf8(this.#counted(stream), head);
    const json = /^[\s\uFEFF\0\u{FFFD}]*[{[]/u.test(head.toString('utf8', 0, 4096));
    try {
      for await (const event of json ? readJson(text) : readYaml(text)) {
        if (this.#stopped) return;
        if (quiet && (event.type === 'issue' || typeof event.value !== 'object')) return;
        collector.take(name, event);
        const room = this.#sink?.room?.();
        if (room) await room;
      }
    } catch (error) {
      if (error instanceof SourceError) throw error;
      this.#issue(name, messageOf(error));
    }
    collector.endFile(name);
  }

  async *#counted(stream: ByteStream): AsyncGenerator<Buffer> {
    for await (const chunk of stream) {
      this.#bytes += chunk.length;
      if (this.#bytes > this.#limits.maxTotalBytes)
        throw new SourceError(
          'too-large',
          `${this.#name} is larger than ${this.#limits.maxTotalBytes} bytes`,
          'Record fewer kinds or namespaces.',
        );
      yield chunk;
    }
  }

  #issue(file: string, message: string): void {
    this.#collector?.issue({ file, message });
  }
}
