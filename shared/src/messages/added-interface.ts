export type AddedInterface = { interface: string; addresses: { ip: string; prefixLength?: number }[]; network: string };

const added = /^Add ([^\s[\]]{1,64}) \[([^\]]{0,4096})\](?: from (\S{0,507}))?\s*$/;
const aggregated = /^\s{0,20}\(combined from similar events\):/;
const dynamic =
  /^pod \[[^\]]{1,507}\]: added interface (\S{1,64}) to network: ([^\s(]{1,507})(?:\s{0,4}\(ips: \[([^\]]{0,4096})\]\))?/;

/** Multus' `Add net1 [10.1.0.5/24 fd00::5/64] from ns/name`, and the same fact from the dynamic networks controller. */
export function parseAddedInterface(message: string): AddedInterface | null {
  const text = message.slice(0, 8192).replace(aggregated, '').trim();
  const multus = added.exec(text);
  if (multus)
    return { interface: multus[1] ?? '', addresses: parseAddresses(multus[2] ?? ''), network: multus[3] ?? '' };
  const controller = dynamic.exec(text);
  if (controller)
    return {
      interface: controller[1] ?? '',
      addresses: parseAddresses(controller[3] ?? ''),
      network: controller[2] ?? '',
    };
  return null;
}

function parseAddresses(list: string): AddedInterface['addresses'] {
  return list
    .split(/[\s,]+/)
    .filter((item) => item !== '')
    .map((item) => {
      const [ip = '', length] = item.split('/');
      return length !== undefined && /^\d{1,3}$/.test(length) ? { ip, prefixLength: Number(length) } : { ip };
    });
}
