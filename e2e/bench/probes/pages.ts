const PATHS = [
  '/api/v1/pods',
  '/api/v1/events',
  '/api/v1/nodes',
  '/apis/k8s.cni.cncf.io/v1/network-attachment-definitions',
];

/** Every page of 500 of the kinds that the topology is made of, as bytes. */
export async function fetchPages(url: string): Promise<Buffer[]> {
  const pages: Buffer[] = [];
  for (const path of PATHS) {
    let next = '';
    do {
      const query = new URLSearchParams({ limit: '500', ...(next ? { continue: next } : {}) });
      const response = await fetch(`${url}${path}?${query}`);
      if (!response.ok) throw new Error(`GET ${path}: HTTP ${response.status}`);
      const page = Buffer.from(await response.arrayBuffer());
      pages.push(page);
      next = /"continue":"([^"]+)"/.exec(page.subarray(0, 500).toString('latin1'))?.[1] ?? '';
    } while (next !== '');
  }
  return pages;
}
