import { CopyText } from '../../ui/copy.tsx';
import { ExcerptHead } from '../../ui/finding-block.tsx';
import { refName } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { MarkedText, prettyJson } from '../../ui/marked-text.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';
import { useNetwork } from './use-documents.ts';

export const ConfigText = ({ title, text }: { title: string; text: string }) => {
  const pretty = prettyJson(text);
  return (
    <div>
      <ExcerptHead>
        <span>{title}</span>
        <CopyText value={pretty} />
      </ExcerptHead>
      <MarkedText text={pretty} />
    </div>
  );
};

/** The configs of a network that a pod asks for, as the plugin gets them. */
export const NetworkConfig = ({ id, go }: { id: string; go: Go }) => {
  const { data } = useNetwork(id);
  if (!data) return null;
  return (
    <section>
      <h3 className={classes['heading']}>
        <Link onClick={() => go.select(id)}>{data.name}</Link>
      </h3>
      {data.configs.length === 0 && <p className={classes['none']}>No CNI config could be read.</p>}
      {data.configs.map((config) => (
        <ConfigText key={refName(config.ref)} title={refName(config.ref)} text={config.text} />
      ))}
    </section>
  );
};
