// Signing in at the platform's identity provider, and back.
//
// The gateway leads back with a code in the fragment, which no server sees. The code is worth
// nothing without the verifier, which this tab made and kept: a code that someone else puts into
// an address, to sign the user in as another (login CSRF), is refused.

import { base, post } from "./api.js";
import { brand } from "./brand.js";
import { hasText, t } from "./i18n.js";
import { begin } from "./session.js";
import { problemText } from "./ui.js";

const KEY = "latchkey.sign-in";

/** The provider: `{name}`; undefined if there is none, or the browser can't make a verifier: it
 * does so over https alone, and for addresses of its own host. */
export const provider = () => (globalThis.crypto?.subtle
  ? brand.signIn.find(({ type }) => type === "oidc") : undefined);

/** Goes there. The view of the current address is shown after the way back. */
export async function leave() {
  const verifier = text(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  sessionStorage.setItem(KEY, JSON.stringify({ verifier, address: location.hash }));
  const url = new URL("console/sign-in", base);
  url.searchParams.set("challenge", text(new Uint8Array(digest)));
  location.assign(url);
}

/** Finishes a sign-in that has come back.
 * @returns why it failed, in words; undefined if it didn't, or there is none. */
export async function comeBack() {
  const [, failed, value] = /^#sign-in(-failed)?=([\w-]+)$/.exec(location.hash) ?? [];
  if (!value) return undefined;
  const begun = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  // The code is in the address and the history no longer than this.
  history.replaceState(null, "", begun?.address || "#/");
  // This tab has begun none: whoever made the address decides nothing.
  if (!begun) return undefined;
  if (failed) return reason(value);
  try {
    const session = await post(
      "/api/auth/oidc/sessions", { code: value, verifier: begun.verifier }, { quiet: true });
    begin(session.token);
    return undefined;
  } catch (error) {
    return error.code === "invalid_code" ? reason("failed") : problemText(error);
  }
}

function reason(name) {
  const key = `signIn.failed.${name}`;
  return t(hasText(key) ? key : "signIn.failed.failed", { name: provider()?.name ?? "" });
}

/** Bytes as base64url. */
function text(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
