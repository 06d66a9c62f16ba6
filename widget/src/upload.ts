import { base, refusal } from "./api";

/**
 * Uploads a photo (chat/api/openapi.yml), and returns the server's id. Rejects with a Fault. By XMLHttpRequest, because
 * `fetch` does not tell how much has been sent.
 */
export function upload(token: string, photo: Blob, signal: AbortSignal, progress: (share: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    body.append("photo", photo, "photo.jpg");
    const call = new XMLHttpRequest();
    call.open("POST", `${base}/photos`);
    call.setRequestHeader("Authorization", `Bearer ${token}`);
    call.responseType = "json"; // null if it is none
    call.upload.onprogress = ({ loaded, total }) => total && progress(loaded / total);
    call.onload = () => {
      const { id, message } = (call.response ?? {}) as { id?: string; message?: string };
      if (call.status === 201 && id) resolve(id);
      else reject(refusal(call.status, message));
    };
    call.onerror = call.onabort = () => reject(new TypeError());
    signal.addEventListener("abort", () => call.abort());
    call.send(body);
  });
}
