import { ActionIcon, CopyButton, Menu } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import classes from './inspector.module.css';

/** What somebody takes along from here: `name` as it is called in a terminal, and the next commands. */
export type Takeaway = { name: string; commands: readonly string[] };

const Item = ({ value, label }: { value(): string; label: string }) => (
  <CopyButton value={value()} timeout={1200}>
    {({ copied, copy }) => (
      <Menu.Item onClick={copy} rightSection={<span className={classes['copied']}>{copied ? 'copied' : ''}</span>}>
        {label}
      </Menu.Item>
    )}
  </CopyButton>
);

const linkHere = () => window.location.href;

/** Copies the name, a link to this view, and the commands of kubectl that go on from here. */
export const CopyMenu = ({ name, commands }: Takeaway) => (
  <Menu position="bottom-end" withinPortal={false} closeOnItemClick={false}>
    <Menu.Target>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Copy the name of ${name}, or a command`}>
        <IconCopy size={15} />
      </ActionIcon>
    </Menu.Target>
    <Menu.Dropdown className={classes['copyMenu'] ?? ''}>
      <Menu.Label>Copy</Menu.Label>
      <Item value={() => name} label={name} />
      <Item value={linkHere} label="Link to this view" />
      {commands.length > 0 && <Menu.Divider />}
      {commands.map((command) => (
        <Item key={command} value={() => command} label={command} />
      ))}
    </Menu.Dropdown>
  </Menu>
);
