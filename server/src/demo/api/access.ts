import type { IncomingHttpHeaders } from 'node:http';
import { ApiError, unauthorized } from './status.ts';
import type { JsonObject } from './types.ts';
import { asObject, asString } from './types.ts';

export type User = { name: string; groups: string[] };
export type Attributes = {
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
};

type Rule = { user: string; resource: string; namespace: string | undefined };

export type Access = {
  authenticate: (headers: IncomingHttpHeaders) => User;
  byToken: (token: string) => User | undefined;
  allowed: (user: User, attributes: Attributes) => boolean;
  check: (user: User, attributes: Attributes) => void;
  /**
   * Takes a right away. `user` and `resource` may be `*`; a resource is `pods` or `plural.group`.
   * `namespace` undefined: everywhere; '' : only requests across namespaces; a name: there, and across namespaces.
   * Returns the way back.
   */
  forbid: (user: string, resource: string, namespace?: string) => () => void;
  addToken: (token: string, user: User) => void;
  removeToken: (token: string) => void;
  clear: () => void;
};

const ANYONE: User = { name: 'demo-admin', groups: ['system:masters', 'system:authenticated'] };

/** Who asks, and what they may. Without tokens everybody is the administrator. */
export const createAccess = (tokens: Record<string, User>): Access => {
  const known = new Map(Object.entries(tokens));
  const rules = new Set<Rule>();

  const authenticate = (headers: IncomingHttpHeaders): User => {
    const token = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1];
    const user = known.size === 0 ? ANYONE : token === undefined ? undefined : known.get(token);
    if (user === undefined) throw unauthorized();
    const impersonated = headers['impersonate-user'];
    return typeof impersonated === 'string' ? { name: impersonated, groups: ['system:authenticated'] } : user;
  };

  const allowed = (user: User, attributes: Attributes): boolean => {
    const resource = attributes.group === '' ? attributes.resource : `${attributes.resource}.${attributes.group}`;
    return ![...rules].some(
      (rule) =>
        (rule.user === '*' || rule.user === user.name) &&
        (rule.resource === '*' || rule.resource === resource) &&
        (rule.namespace === undefined || attributes.namespace === '' || rule.namespace === attributes.namespace),
    );
  };

  const check = (user: User, attributes: Attributes): void => {
    if (allowed(user, attributes)) return;
    const { verb, group, resource, subresource, namespace, name } = attributes;
    const qualified = group === '' ? resource : `${resource}.${group}`;
    const path = subresource === '' ? resource : `${resource}/${subresource}`;
    const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    throw new ApiError(
      403,
      'Forbidden',
      `${qualified}${name === '' ? '' : ` "${name}"`} is forbidden: User "${user.name}" cannot ${verb} resource "${path}" in API group "${group}" ${where}`,
      { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource },
    );
  };

  return {
    authenticate,
    byToken: (token) => known.get(token),
    allowed,
    check,
    forbid: (user, resource, namespace) => {
      const rule: Rule = { user, resource, namespace };
      rules.add(rule);
      return () => void rules.delete(rule);
    },
    addToken: (token, user) => void known.set(token, user),
    removeToken: (token) => void known.delete(token),
    clear: () => rules.clear(),
  };
};

const attributesOf = (spec: JsonObject): Attributes => {
  const asked = asObject(spec['resourceAttributes']);
  return {
    verb: asString(asked['verb']),
    group: asString(asked['group']),
    resource: asString(asked['resource']),
    subresource: asString(asked['subresource']),
    namespace: asString(asked['namespace']),
    name: asString(asked['name']),
  };
};

export const REVIEWS: Record<string, readonly string[]> = {
  'authentication.k8s.io': ['TokenReview', 'SelfSubjectReview'],
  'authorization.k8s.io': [
    'SubjectAccessReview',
    'SelfSubjectAccessReview',
    'SelfSubjectRulesReview',
    'LocalSubjectAccessReview',
  ],
};

const everything = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

/** The review kinds: POSTed, answered, never stored. */
export const answerReview = (access: Access, kind: string, user: User, review: JsonObject): JsonObject => {
  const spec = asObject(review['spec']);
  const decide = (who: User): JsonObject => {
    const ok = spec['resourceAttributes'] === undefined || access.allowed(who, attributesOf(spec));
    return {
      ...review,
      status: ok
        ? { allowed: true, reason: 'demo: allowed unless forbidden' }
        : { allowed: false, denied: false, reason: 'demo: forbidden' },
    };
  };
  switch (kind) {
    case 'TokenReview': {
      const found = access.byToken(asString(spec['token']));
      if (found === undefined) return { ...review, status: { user: {}, error: 'invalid bearer token' } };
      return {
        ...review,
        status: { authenticated: true, user: { username: found.name, uid: found.name, groups: found.groups } },
      };
    }
    case 'SelfSubjectReview':
      return { ...review, status: { userInfo: { username: user.name, groups: user.groups } } };
    case 'SelfSubjectRulesReview':
      return {
        ...review,
        status: {
          resourceRules: [everything],
          nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
          incomplete: false,
        },
      };
    case 'SubjectAccessReview':
    case 'LocalSubjectAccessReview':
      return decide({ name: asString(spec['user']), groups: [] });
    default:
      return decide(user);
  }
};
