// Sends a file with its progress, which `fetch` cannot tell of. The browser reads a Blob beside the page's own
// thread, so that megabytes do not hold it up.

import { ApiError } from "./api.js";
import { t } from "./i18n.js";

const address = (path) => new URL(`api/v1/${path}`, document.baseURI);

/**
 * Posts `body` (a Blob) to a path below /api/v1. `onProgress(share)` hears from 0 to 1. Returns the answer's JSON,
 * and tells `heard(request)` first, which may read its headers. Throws ApiError, or DOMException AbortError when `signal` fires.
 */
export function upload(path, body, { type = "text/plain", onProgress = () => {}, heard = () => {}, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address(path));
    request.setRequestHeader("content-type", type);
    request.responseType = "json";
    request.upload.addEventListener("progress", (e) => e.lengthComputable && onProgress(e.loaded / e.total));
    request.addEventListener("load", () => {
      if (request.status >= 300) return reject(refusal(request));
      heard(request);
      return resolve(request.response);
    });
    request.addEventListener("error", () => reject(new ApiError(0, { hint: t("Is it still running? Trying again is safe.") })));
    request.addEventListener("abort", () => reject(new DOMException("Stopped", "AbortError")));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

function refusal({ status, response }) {
  if (status === 401) location.assign(new URL("login", document.baseURI));
  return new ApiError(status, response?.error ?? { code: "http", message: t("The server answered {status}.", { status }) });
}
