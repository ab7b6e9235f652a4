// Who is signed in, in this tab.
//
// The API accepts bearer tokens alone, so that no page elsewhere can make a browser call it. The
// token is in sessionStorage: it ends with the tab, and no other site can read it. Further tabs ask
// the open ones for it, so that a link in a new tab works and nothing is written for longer.

const KEY = "latchkey.token";
const channel = new BroadcastChannel("latchkey-console");
let token = sessionStorage.getItem(KEY);
let ended = () => {};

/** The caller: `GET /api/me`. Set by the shell. */
export const session = { me: null };

export const currentToken = () => token;

export function begin(secret) {
  token = secret;
  sessionStorage.setItem(KEY, secret);
}

/** Forgets the token, in all tabs that have it. */
export function end() {
  if (token) channel.postMessage({ ended: token });
  forget();
}

function forget() {
  token = null;
  session.me = null;
  sessionStorage.removeItem(KEY);
}

/** Calls `then` when another tab signs out. */
export function onEnd(then) {
  ended = then;
}

channel.onmessage = ({ data }) => {
  if (data.wanted && token) channel.postMessage({ offered: token });
  if (data.ended && data.ended === token) {
    forget();
    ended();
  }
};

/** Takes the token of an open tab, if there is one. */
export async function adopt() {
  if (token) return;
  await new Promise((resolve) => {
    const ask = new BroadcastChannel("latchkey-console");
    const finish = () => {
      ask.close();
      resolve();
    };
    ask.onmessage = ({ data }) => {
      if (!data.offered) return;
      begin(data.offered);
      finish();
    };
    ask.postMessage({ wanted: true });
    setTimeout(finish, 150);
  });
}

export const isAdmin = () => session.me?.role === "admin";

/** Whether the caller's token has a scope. Roles and ownership are decided by the API. */
export function can(scope) {
  const { scopes, readOnly } = session.me ?? { scopes: [] };
  return !readOnly && (scopes.includes("*") || scopes.includes(scope));
}
