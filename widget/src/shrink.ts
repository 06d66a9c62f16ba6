/** Makes a photo small enough to send: a JPEG of the picture alone, without the place and the camera of the file. */
import { el } from "./dom";

/** The same as in chat/pictures.py. */
const SIDE = 1600;
const QUALITY = 0.82;
/** No photo is larger; the browser would read all of it into memory. */
const MAX_BYTES = 50_000_000;

/** Rejects if the browser cannot read the file as a picture. */
export async function shrink(file: File): Promise<{ blob: Blob; canvas: HTMLCanvasElement }> {
  if (file.size > MAX_BYTES) throw new RangeError(file.name);
  const canvas = await drawn(file);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new TypeError(file.name);
  return { blob, canvas };
}

/** On a canvas: an image would need an exception in the shop's content security policy. */
export async function drawn(photo: Blob): Promise<HTMLCanvasElement> {
  const bitmap = await createImageBitmap(photo);
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  const canvas = el("canvas", { width: String(width), height: String(height) });
  const context = canvas.getContext("2d");
  if (!context) throw new TypeError("no canvas");
  context.fillStyle = "white"; // below what is transparent
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return canvas;
}
