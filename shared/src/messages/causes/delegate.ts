import type { CauseGroup } from '../types.ts';

/** What remains when a plugin failed and its words are nobody's. Always tried last. */
export const delegate: CauseGroup = {
  group: 'Delegates',
  source: 'containernetworking/cni pkg/invoke, multus-cni pkg/multus',
  causes: [
    {
      slug: 'plugin-crash',
      severity: 'error',
      title: 'The plugin died without telling why',
      cause:
        'The binary crashed, was killed, is built for another system, lacks a library, or printed something that is not JSON.',
      fix: 'Run the plugin by hand on that node and look at its log; update it.',
      symptom: 'netplugin failed with no error message',
      match: [
        { pattern: /netplugin failed with no error message(?:: ?(?<error>[^,]{0,100}))?/, scope: 'region' },
        {
          pattern:
            /netplugin failed(?:: ?"?(?<error>[^"]{0,200})| but error parsing its diagnostic message "?(?<error2>[^"]{0,200}))/,
          scope: 'region',
        },
        {
          pattern:
            /(?:^|: ?)panic: ?(?<error>[^,]{0,120})|runtime error: ?(?<error2>invalid memory address|index out of range|slice bounds)[^,]{0,100}|goroutine \d{1,6} \[running\]/,
          when: { test: ({ layers }) => layers.length > 0 },
        },
        {
          pattern: /(?:signal: ?(?:killed|segmentation fault|aborted)|exit status \d{1,3})$/,
          when: { multus: true },
          confidence: 'possible',
        },
      ],
      late: true,
      confidence: 'likely',
    },
    {
      slug: 'delegate-generic',
      severity: 'error',
      title: 'A delegate plugin failed',
      cause: 'Multus called the plugin of this network, and the plugin returned an error that is not in the catalogue.',
      fix: 'Read the inner text; look at the log of the plugin and at the node.',
      symptom: 'error adding container to network',
      match: {
        pattern: /^(?<error>.{4,200})/,
        when: {
          multus: true,
          defaultNetwork: false,
          phase: 'setup',
          test: ({ configName, plugins, core }) =>
            (plugins.length > 0 || configName !== undefined) && /[a-z]{3}/i.test(core),
        },
      },
      late: true,
      confidence: 'possible',
    },
    {
      slug: 'default-cni-failed',
      severity: 'critical',
      title: 'The default network of the pod failed',
      cause:
        'The CNI of the default network (eth0) returned an error, with or without Multus in front of it. Secondary networks are not the cause.',
      fix: 'Look at the pods of the default CNI on that node and at the text of the error.',
      symptom: 'failed to set up pod network (default CNI)',
      match: {
        pattern: /^(?<error>.{4,200})/,
        when: {
          defaultNetwork: true,
          phase: 'setup',
          test: ({ core }) => /[a-z]{3}/i.test(core) && !/^plugintype=/i.test(core),
        },
      },
      domain: 'default',
      late: true,
      confidence: 'possible',
    },
  ],
};
