/** Makes a photo small enough to send: a JPEG of the picture alone, without the place and the camera of the file. */

/** The same as in chat/pictures.py. */
const SIDE = 1600;
const QUALITY = 0.82;
/** No photo is larger; the browser would read all of it into memory. */
const MAX_BYTES = 50_000_000;

/** Rejects if the browser cannot read the file as a picture. */
export async function shrink(file: File): Promise<{ blob: Blob; canvas: HTMLCanvasElement }> {
  if (file.size > MAX_BYTES) throw new RangeError(file.name);
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) throw new TypeError("no canvas");
  context.fillStyle = "white"; // below what is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new TypeError(file.name);
  return { blob, canvas };
}
