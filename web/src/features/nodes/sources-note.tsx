import type { DeviceSource, NodesDoc } from '@busbar/shared/graph/nodes-doc';
import { count, plural } from '../../ui/format.ts';
import classes from './nodes.module.css';

const HOW: Record<string, { gives: string; command: string }> = {
  nmstate: {
    gives: 'NICs, bonds, VLANs, bridges and switch ports',
    command: 'kubectl get nodenetworkstates',
  },
  'sriov-operator': {
    gives: 'PFs and VFs',
    command: 'kubectl get sriovnetworknodestates -A',
  },
};

const say = ({ title, availability, nodes, id }: DeviceSource, of: number): string => {
  const gives = HOW[id]?.gives ?? 'devices';
  switch (availability) {
    case 'present':
      if (nodes === 0) return `${title} is installed and reports no node: ${gives} are unknown`;
      return nodes < of ? `${title} reports ${count(nodes)} of ${plural(of, 'node')}` : `${title} reports every node`;
    case 'absent':
      return `${title} is not installed: ${gives} are unknown`;
    case 'forbidden':
      return `${title} may not be read: ${gives} are unknown`;
    case 'error':
      return `${title} could not be read: ${gives} are unknown`;
    case 'unread':
      return `The source has nothing of ${title}: ${gives} are unknown`;
    default:
      return availability satisfies never;
  }
};

/** Who told about the devices, and what is unknown because nobody did. */
export const SourcesNote = ({ doc }: { doc: NodesDoc }) => {
  const of = doc.nodes.reduce((sum, card) => sum + card.count, 0);
  return (
    <ul className={classes['sources']} aria-label="Where the devices come from" data-testid="device-sources">
      {doc.sources.map((source) => {
        const whole = source.availability === 'present' && source.nodes > 0;
        return (
          <li key={source.id} data-unknown={!whole || undefined}>
            {say(source, of)}
            {!whole && (
              <>
                {' '}
                · <code>{HOW[source.id]?.command}</code>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
};
