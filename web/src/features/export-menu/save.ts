export const saveAs = (blob: Blob, name: string) => {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
};

/** Browsers refuse larger canvases; a larger picture is drawn smaller rather than not at all. */
const MOST_PIXELS = 60_000_000;

/** The page's policy lets images come from itself and from data, not from blobs. */
const dataUrl = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error('The browser could not read the picture'));
    reader.readAsDataURL(new Blob([blob], { type: 'image/svg+xml' }));
  });

export const svgToPng = async (svg: Blob): Promise<Blob> => {
  const image = new Image();
  image.src = await dataUrl(svg);
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = Math.min(2, Math.sqrt(MOST_PIXELS / Math.max(1, width * height)), 16_000 / Math.max(width, height, 1));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The browser could not make the PNG'))),
      'image/png',
    );
  });
};
