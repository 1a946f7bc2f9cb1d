/** `namespace/name`, or the name alone where the pods are of several namespaces, or of one that is the name. */
export const fullName = ({ namespace, name }: { namespace?: string; name: string }): string =>
  namespace && namespace !== name ? `${namespace}/${name}` : name;
