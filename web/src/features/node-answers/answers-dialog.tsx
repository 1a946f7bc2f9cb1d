import { Button, FileButton, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { problemOf } from '../../backend/backend.ts';
import { useBackend } from '../../backend/context.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { droppedFiles, hasFiles, type NamedFile } from '../../ui/dropped-files.ts';
import classes from './answers.module.css';
import { Answers } from './answers.tsx';
import { readAnswers } from './read-answers.ts';

type Props = {
  /** Dropped onto the page: read at once. */
  files: readonly NamedFile[] | null;
  onClose(): void;
  onRule(code: string): void;
  onSelect(id: string): void;
};

/** Files of nodes beside what the pods report. The server reads them and keeps nothing. */
export const AnswersDialog = ({ files, onClose, onRule, onSelect }: Props) => {
  const backend = useBackend();
  const [refused, setRefused] = useState('');
  const [over, setOver] = useState(false);
  const { data, error, mutate, isPending } = useMutation({
    mutationFn: (read: { name: string; text: string }[]) => backend.answers(read),
  });
  const take = async (given: readonly NamedFile[]) => {
    const read = await readAnswers(given);
    if ('problem' in read) return setRefused(read.problem);
    setRefused('');
    mutate(read.files);
  };
  const taken = useRef<typeof files>(null);
  useEffect(() => {
    if (!files || taken.current === files) return;
    taken.current = files;
    void take(files);
  });
  const drop = (event: DragEvent) => {
    setOver(false);
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    void droppedFiles(event.dataTransfer).then(take, () => setRefused('This could not be read as files.'));
  };
  const drag = (event: DragEvent) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    setOver(true);
  };

  return (
    <Dialog title="Answers of nodes" size="xl" onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same */}
      <div
        className={classes['form']}
        data-over={over || undefined}
        onDragOver={drag}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <p>
          Drop files, folders or a tar archive from a node here: cached CNI results (<code>/var/lib/cni/results</code>),{' '}
          <code>crictl inspectp</code>, KNI and CNI 2.0 answers. They are put beside what the pods report now.
        </p>
        <p className={classes['quiet']}>Nothing is kept, and nothing leaves for another host than this Busbar.</p>
        <div>
          <FileButton multiple onChange={(chosen) => void take(chosen.map((file) => ({ name: file.name, file })))}>
            {(props) => (
              <Button {...props} size="xs" variant="default" loading={isPending} data-autofocus>
                Choose files
              </Button>
            )}
          </FileButton>
        </div>
      </div>
      {(refused || error) && (
        <Text c="var(--bb-error)" role="alert" mt="sm">
          {refused || `${problemOf(error).message} ${problemOf(error).detail}`}
        </Text>
      )}
      <Answers doc={refused || error ? null : (data ?? null)} onRule={onRule} onSelect={onSelect} />
    </Dialog>
  );
};
