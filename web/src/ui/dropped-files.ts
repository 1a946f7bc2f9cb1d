/** A file with the name by which a person knows it: its path within the folder that was dropped. */
export type NamedFile = { name: string; file: File };

const MOST = 2000;

const entriesOf = (folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  return new Promise((resolve, reject) => {
    // A reader hands out its entries by parts, an empty one last.
    const next = () =>
      reader.readEntries((part) => {
        found.push(...part);
        if (part.length === 0 || found.length > MOST) resolve(found);
        else next();
      }, reject);
    next();
  });
};

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** Whether something is dragged that has files in it: text and links are not for us. */
export const hasFiles = (data: DataTransfer | null): boolean => data?.types.includes('Files') === true;

/** The files of a drop, those of folders included, at most 2,000. Call it while the event lasts: what it holds goes with it. */
export function droppedFiles(data: DataTransfer): Promise<NamedFile[]> {
  const roots: FileSystemEntry[] = [];
  const files: NamedFile[] = [];
  for (const item of data.items) {
    const entry = item.webkitGetAsEntry();
    const file = entry ? null : item.getAsFile();
    if (entry) roots.push(entry);
    // A file that is in no file system, dragged out of a page or a mail.
    else if (file) files.push({ name: file.name, file });
  }
  return walk(roots, files);
}

async function walk(roots: readonly FileSystemEntry[], files: NamedFile[]): Promise<NamedFile[]> {
  const waiting = [...roots];
  while (waiting.length > 0 && files.length < MOST) {
    const entry = waiting.shift();
    if (entry && isFile(entry)) files.push({ name: entry.fullPath.replace(/^\/+/, ''), file: await fileOf(entry) });
    else if (entry && isFolder(entry)) waiting.push(...(await entriesOf(entry)));
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
