// Signing in: at the identity provider, by a code sent by e-mail, or with an API token.

import { get, post, Problem } from "../lib/api.js";
import { links, mark } from "../lib/brand.js";
import { h, put } from "../lib/dom.js";
import { parts, t } from "../lib/i18n.js";
import { leave, provider } from "../lib/provider.js";
import { begin, end } from "../lib/session.js";
import { attempt, button, field, problemText } from "../lib/ui.js";

// The ways to sign in with a form, in the order in which they are offered; each gets `{done}`. The
// identity provider, if there is one, is a button above them.
const WAYS = [{ key: "code", make: byAddress }, { key: "token", make: byToken }];

/** @param notice why the user has to sign in again, if they do. */
export default function signIn({ notice, done, language }) {
  const content = h("div");
  const show = (way) => {
    put(content, way.make({ done }), h("div", { class: "ways" },
      WAYS.filter((other) => other !== way).map((other) =>
        button(t(`signIn.by.${other.key}`), () => show(other), { kind: "quiet" }))));
    content.querySelector("input")?.focus();
  };
  show(WAYS[0]);
  return h("main", { class: "bare" }, h("div", { class: "card" },
    h("p", { class: "brand" }, mark()),
    h("h1", {}, t("signIn.title")),
    notice ? h("p", { class: "notice", role: "status" }, notice) : null,
    byProvider(), content), elsewhere(), language);
}

function byProvider() {
  const known = provider();
  if (!known) return null;
  const go = button(t("signIn.by.oidc", { name: known.name }), () => attempt(go, leave),
    { kind: "first wide" });
  return [go, h("p", { class: "or" }, t("signIn.or"))];
}

function elsewhere() {
  const shown = links();
  return shown.length ? h("p", { class: "elsewhere" }, shown) : null;
}

/** A form with one field, whose mistakes stand at it. */
function form(label, input, submitLabel, send, hint) {
  const mistake = h("p", { class: "mistake", id: "mistake", role: "alert" });
  const submit = h("button", { class: "button first wide" }, submitLabel);
  let isBusy = false;
  return h("form", {
    novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      // Not disabled: a button that is loses the focus, and the Enter key.
      if (isBusy) return;
      isBusy = true;
      put(mistake);
      input.removeAttribute("aria-invalid");
      try {
        await send(input.value.trim());
      } catch (error) {
        put(mistake, problemText(error));
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-errormessage", "mistake");
        input.focus();
        input.select();
      } finally {
        isBusy = false;
      }
    },
  }, field(label, input, hint), mistake, submit);
}

function byAddress({ done }) {
  const box = h("div");
  const address = h("input", { type: "email", autocomplete: "email", required: true });
  put(box, form(t("signIn.address"), address, t("signIn.send"), async (email) => {
    await post("/api/auth/codes", { email }, { quiet: true });
    put(box, byCode(email, done, () => put(box, byAddress({ done }))));
    box.querySelector("input").focus();
  }));
  return box;
}

function byCode(email, done, back) {
  const code = h("input", {
    inputmode: "numeric", autocomplete: "one-time-code", maxlength: "12", class: "code",
  });
  return [
    h("p", { class: "soft" }, parts("signIn.sent", { email: h("strong", {}, email) })),
    form(t("signIn.code"), code, t("signIn.enter"), async (value) => {
      const session = await post(
        "/api/auth/sessions", { email, code: value.replace(/\s/g, "") }, { quiet: true });
      begin(session.token);
      await done();
    }),
    h("div", { class: "ways" }, button(t("signIn.other"), back, { kind: "quiet" })),
  ];
}

function byToken({ done }) {
  const secret = h("input", { type: "password", autocomplete: "off", spellcheck: "false" });
  return form(t("signIn.token"), secret, t("signIn.enter"), async (token) => {
    if (!/^s[kt]_live_[0-9A-Za-z]+$/.test(token)) throw new Problem(401, { code: "invalid_token" });
    begin(token);
    try {
      await get("/api/me", { quiet: true });
    } catch (error) {
      end();
      throw error;
    }
    await done();
  }, t("signIn.token.hint"));
}
