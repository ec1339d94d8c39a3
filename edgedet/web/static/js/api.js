// Asks edgedet, with the session's cookie and, for what changes something, its CSRF token.

/** What edgedet answered instead of what was asked for. */
export class ApiError extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

let csrf = "";

/** The token that proves that a change comes from this page. */
export function trust(token) {
  csrf = token || "";
}

/** The address of something of the API, below wherever this page was loaded from. */
export function address(path, query = {}) {
  const url = new URL(`api/${path}`, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, value);
  }
  return url.href;
}

export const get = (path, query, signal) => ask("GET", address(path, query), undefined, signal);
export const post = (path, body = {}, signal) => ask("POST", address(path), body, signal);
export const put = (path, body, signal) => ask("PUT", address(path), body, signal);
export const remove = (path, signal) => ask("DELETE", address(path), undefined, signal);

async function ask(method, url, body, signal) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "edgedet doesn't answer. Is it running, and are you in its network?");
  }
  if (!answer.ok) throw await refused(answer, url);
  if (answer.status === 204) return null;
  return answer.json();
}

async function refused(answer, url) {
  const said = await answer.json().catch(() => ({}));
  const text =
    typeof said.detail === "string" ? said.detail : firstOf(said.detail) || `edgedet answered ${answer.status}.`;
  if (answer.status === 401 && !url.endsWith("/api/session")) document.dispatchEvent(new Event("signed-out"));
  return new ApiError(answer.status, text);
}

// a list of mistakes, as a form that wasn't filled in well gets it
function firstOf(detail) {
  return Array.isArray(detail) && detail.length ? `${(detail[0].loc || []).at(-1)}: ${detail[0].msg}` : "";
}
