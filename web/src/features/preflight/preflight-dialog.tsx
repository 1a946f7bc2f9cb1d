import { Button, FileButton, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type DragEvent, type FormEvent, type KeyboardEvent, useState } from 'react';
import { problemOf } from '../../backend/backend.ts';
import { useBackend } from '../../backend/context.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import classes from './preflight.module.css';
import { readFiles, sizeProblem } from './read-files.ts';
import { Verdicts } from './verdicts.tsx';

type Question = { manifests: string; namespace: string };

const EXAMPLE = 'apiVersion: apps/v1\nkind: Deployment\n…';

/** Paste manifests, read what they would do to the cluster as it is now. */
export const PreflightDialog = ({ onClose, onRule }: { onClose(): void; onRule(code: string): void }) => {
  const backend = useBackend();
  const [text, setText] = useState('');
  const [namespace, setNamespace] = useState('default');
  const [refused, setRefused] = useState('');
  const [over, setOver] = useState(false);
  const { data, error, mutate, isPending, variables } = useMutation({
    mutationFn: (question: Question) => backend.preflight(question.manifests, question.namespace),
  });
  const asked: Question = { manifests: text, namespace: namespace.trim() || 'default' };
  const problem = refused || sizeProblem(text);
  const changed = variables?.manifests !== asked.manifests || variables.namespace !== asked.namespace;

  const check = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() && !problem && !isPending) mutate(asked);
  };
  const take = async (files: readonly File[]) => {
    if (files.length === 0) return;
    const read = await readFiles(files);
    if ('problem' in read) return setRefused(read.problem);
    setRefused('');
    setText(read.text);
    mutate({ ...asked, manifests: read.text });
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    void take([...event.dataTransfer.files]);
  };
  const drag = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setOver(true);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) check();
  };

  return (
    <Dialog title="Try manifests" size="xl" onClose={onClose}>
      <form
        className={classes['form']}
        data-over={over || undefined}
        onSubmit={check}
        onDragOver={drag}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Textarea
          label="Manifests, as YAML or JSON"
          description="Paste them, or drop files here. Nothing is applied, and nothing leaves for another host: this Busbar judges them against the cluster as it is now, and forgets them."
          placeholder={EXAMPLE}
          rows={data ? 7 : 12}
          resize="vertical"
          classNames={{ input: classes['text'] ?? '' }}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setRefused('');
          }}
          onKeyDown={keys}
          error={problem || undefined}
          data-autofocus
        />
        <div className={classes['controls']}>
          <TextInput
            label="Namespace, where none is named"
            size="xs"
            maxLength={63}
            spellCheck={false}
            value={namespace}
            onChange={(event) => setNamespace(event.currentTarget.value)}
          />
          <FileButton multiple onChange={(files) => void take(files)}>
            {(props) => (
              <Button {...props} size="xs" variant="default">
                Choose files
              </Button>
            )}
          </FileButton>
          <span className={classes['space']} />
          <Button type="submit" size="xs" loading={isPending} disabled={!text.trim() || problem !== ''}>
            Check
          </Button>
        </div>
      </form>
      {error && (
        <Text c="var(--bb-error)" role="alert" mt="sm">
          {problemOf(error).message} {problemOf(error).detail}
        </Text>
      )}
      <Verdicts doc={data ?? null} stale={changed && !isPending} onRule={onRule} />
    </Dialog>
  );
};
