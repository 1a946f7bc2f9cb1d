import { useEffect, useState } from 'react';
import { droppedFiles, hasFiles, type NamedFile } from '../ui/dropped-files.ts';

/** Files that are dropped anywhere on the page, but where an open dialog takes them itself. True while they are over it. */
export function usePageDrop(onFiles: (files: NamedFile[]) => void, enabled: boolean): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const drag = (event: globalThis.DragEvent) => {
      if (event.defaultPrevented || !hasFiles(event.dataTransfer)) return;
      // Else the browser would open the file, and the page would be gone.
      event.preventDefault();
      setOver(enabled);
    };
    const leave = (event: globalThis.DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: globalThis.DragEvent) => {
      setOver(false);
      if (event.defaultPrevented || !event.dataTransfer || !hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      // What cannot be read as a file is as good as nothing: the dialog says that there was none.
      if (enabled) void droppedFiles(event.dataTransfer).then(onFiles, () => onFiles([]));
    };
    window.addEventListener('dragover', drag);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', drag);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [onFiles, enabled]);
  return over && enabled;
}
