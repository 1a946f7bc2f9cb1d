/** Who wrote a layer of a message. `delegate` is a plugin that Multus (or the runtime) called, named in `plugin`. */
export type Speaker =
  | 'kubelet'
  | 'containerd'
  | 'crio'
  | 'dockershim'
  | 'libcni'
  | 'multus'
  | 'multus-shim'
  | 'delegate'
  | 'scheduler'
  | 'dynamic-networks'
  | 'ovn-kubernetes';

export type Operation = 'add' | 'del' | 'check';

/** One envelope of a message, outermost first, with what it says about where the error happened. */
export type Layer = {
  speaker: Speaker;
  text: string;
  sandbox?: string;
  podNamespace?: string;
  podName?: string;
  podUid?: string;
  configName?: string;
  plugin?: string;
  operation?: Operation;
};

export type Domain = 'secondary' | 'default' | 'node' | 'not-network' | 'unknown';
export type Confidence = 'certain' | 'likely' | 'possible';
export type Phase = 'setup' | 'teardown' | 'none';
export type CauseSeverity = 'critical' | 'error' | 'warning' | 'info';

/** What the structure of a message tells a cause before any of its words are looked at. */
export type Context = {
  reason: string;
  layers: Layer[];
  /** Multus, its shim or its bracket speaks somewhere in the message. */
  multus: boolean;
  /** Plugins named by libcni or by Multus' delegate layers, Multus itself left out; empty when nobody named one. */
  plugins: string[];
  configName?: string;
  /** The failing network is the pod's default one (known names, or a runtime that calls a plugin without Multus). */
  defaultNetwork: boolean;
  /** The message itself names the default network. */
  defaultNamed: boolean;
  phase: Phase;
  truncated: boolean;
  /** Set-up text after its envelopes, without whitespace. */
  core: string;
  /** Set-up text with its envelopes, without whitespace. */
  region: string;
};

export type When = {
  multus?: boolean;
  defaultNetwork?: boolean;
  /** One of these must be the plugin at fault, or no plugin is named. */
  plugins?: readonly string[];
  /** One of these must be named. */
  namedPlugins?: readonly string[];
  notPlugins?: readonly string[];
  reasons?: readonly string[];
  phase?: Phase;
  test?: (context: Context) => boolean;
};

/** `pattern` is written with blanks for reading; they are taken out, because text is matched without whitespace. */
export type Match = {
  pattern: RegExp;
  when?: When;
  scope?: 'core' | 'region';
  confidence?: Confidence;
  late?: boolean;
};

export type CauseSpec = {
  slug: string;
  severity: CauseSeverity;
  title: string;
  cause: string;
  fix: string;
  /** The words a person would search for. */
  symptom: string;
  match: RegExp | Match | readonly (RegExp | Match)[];
  when?: When;
  /** Fixed owner of the problem; without it the structure decides, and a fragment without structure is `secondary`. */
  domain?: Domain | ((context: Context) => Domain);
  confidence?: Confidence;
  /** Tried only after every cause that is not late. */
  late?: boolean;
  source?: string;
};

/** Catalogue entry, public text of Busbar. */
export type Cause = {
  slug: string;
  title: string;
  cause: string;
  fix: string;
  severity: CauseSeverity;
  group: string;
  source: string;
  symptom: string;
};

export type CauseGroup = {
  group: string;
  source: string;
  causes: readonly CauseSpec[];
  /** These plugins hardly ever carry a default network: only a message that names it makes the problem the default CNI's. */
  secondary?: true;
};

export type Verdict = {
  /** An id of the failure catalogue, one of Busbar's own in its style, or `unknown`. */
  slug: string;
  domain: Domain;
  confidence: Confidence;
  captures: Record<string, string>;
  phase: Phase;
  /** The CNI config name in Multus' bracket; not the name of the NAD. */
  configName?: string;
  /** Where the message names the NAD itself. */
  nad?: { namespace?: string; name: string };
  sandbox?: string;
  aggregated: boolean;
  truncated: boolean;
  /** The message without its envelopes, for people. */
  peeled: string;
  /** The part that decided, without request dumps and tear-down noise. */
  core: string;
  layers: Layer[];
  /** Where the deciding words stand in the original message. */
  span?: { offset: number; length: number };
};
