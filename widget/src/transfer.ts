/** The two calls of the API for photos (chat/api/openapi.yml). */

import { FAILED } from "./shared";

/** The server refuses. `message`: its French sentence for the customer, or ours if a proxy answered. */
export class Refused extends Error {
  constructor(readonly status: number, message = "") {
    super(message || FAILED);
  }
}

export async function get(url: string, token: string): Promise<Blob> {
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` }, credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new Refused(answer.status);
  return answer.blob();
}

/**
 * Returns the server's id. Rejects with Refused, or without a connection with a TypeError. By XMLHttpRequest, because
 * `fetch` does not tell how much has been sent.
 */
export function upload(
  url: string, token: string, photo: Blob, signal: AbortSignal, progress: (share: number) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    body.append("photo", photo, "photo.jpg");
    const call = new XMLHttpRequest();
    call.open("POST", url);
    call.setRequestHeader("Authorization", `Bearer ${token}`);
    call.upload.addEventListener("progress", ({ loaded, total }) => total && progress(loaded / total));
    call.addEventListener("load", () => {
      const said = parsed(call.responseText);
      if (call.status === 201 && said.id) resolve(said.id);
      else reject(new Refused(call.status, said.message));
    });
    for (const type of ["error", "abort"]) call.addEventListener(type, () => reject(new TypeError(type)));
    signal.addEventListener("abort", () => call.abort());
    call.send(body);
  });
}

function parsed(text: string): { id?: string; message?: string } {
  try {
    return JSON.parse(text) as { id?: string; message?: string };
  } catch {
    return {};
  }
}
