// What all views are made of.

import { calls, curl, Problem } from "./api.js";
import { h, put, s, uniqueId } from "./dom.js";
import { ago, codeText, dateTime, integer, t } from "./i18n.js";
import { isMe, nameOf, person } from "./people.js";

const ICONS = {
  app: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  service: "M4 5h16v6H4zM4 13h16v6H4zM8 8h.01M8 16h.01",
  chat_extension: "M4 5h16v11H10l-4 4v-4H4z",
  integration: "M9 7V3m6 4V3M7 7h10v4a5 5 0 0 1-10 0zm5 9v5",
  workspace: "M3 7h7l2 2h9v10H3z",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-6 9a6 6 0 0 1 12 0"
    + "m1-15.5a3.5 3.5 0 0 1 0 6.5m2 3a6 6 0 0 1 3 6",
  home: "M4 11l8-7 8 7v9h-6v-6h-4v6H4z",
  mail: "M3 6h18v12H3zm0 1l9 7 9-7",
  building: "M5 21V4h10v17M15 9h4v12M3 21h18M8 8h4m-4 4h4m-4 4h4",
  hook: "M8 9a4 4 0 1 1 6 3l3 5m-9 1a3 3 0 1 1 0-1h8a3 3 0 1 1 0 1",
  shield: "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-8 9a8 8 0 0 1 16 0",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2l5 5",
  menu: "M4 7h16M4 12h16M4 17h16", close: "M6 6l12 12M18 6L6 18",
  code: "M8 7l-5 5 5 5m8-10l5 5-5 5",
  check: "M5 13l5 5L19 7", warn: "M12 4l9 16H3zm0 6v4m0 3h.01",
};

/** A decorative icon. */
export function icon(name) {
  return s("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" },
    s("path", { d: ICONS[name] ?? ICONS.app }));
}

export function button(label, onclick, { kind = "second", icon: name, ...more } = {}) {
  return h("button", { type: "button", class: `button ${kind}`, onclick, ...more },
    name ? icon(name) : null, label);
}

export function badge(label, kind = "") {
  return h("span", { class: `badge ${kind}` }, label);
}

/** When something happened: relative, with the full date as its title. */
export function when(value) {
  return h("time", { datetime: value, title: dateTime(value) }, ago(value));
}

/** A user, by id: their name and address. */
export function who(id, { email = false } = {}) {
  const known = person(id);
  return h("span", { class: "who" }, known ? nameOf(id) : h("code", {}, id),
    isMe(id) ? h("span", { class: "soft" }, ` (${t("you")})`) : null,
    email && known?.email ? h("span", { class: "soft line" }, known.email) : null);
}

/** The initials of a name, in a circle; decorative. */
export function avatar(name) {
  const initials = name.split(/[\s@._-]+/).filter(Boolean).slice(0, 2)
    .map((word) => [...word][0].toUpperCase()).join("");
  const tone = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 5;
  return h("span", { class: `avatar tone${tone}`, "aria-hidden": "true" }, initials);
}

/** The head of a view: where it is, its heading, what can be done. */
export function head(title, { trail = [], badges = [], actions = [], lead } = {}) {
  return h("header", { class: "head" },
    trail.length ? h("nav", { "aria-label": t("trail"), class: "trail" },
      trail.map(([label, address]) => h("a", { href: address }, label))) : null,
    h("div", { class: "row wrap" },
      h("h1", { tabindex: "-1" }, title), badges,
      h("div", { class: "actions" }, actions, apiButton())),
    lead ? h("p", { class: "soft lead" }, lead) : null);
}

/** Links between the parts of a thing. */
export function tabs(items, currentAddress) {
  return h("nav", { class: "tabs", "aria-label": t("parts") }, items.map(([label, address]) =>
    h("a", { href: address, "aria-current": address === currentAddress ? "page" : null }, label)));
}

export function section(title, ...content) {
  const id = uniqueId("section");
  return h("section", { "aria-labelledby": id, class: "section" },
    h("h2", { id }, title), content);
}

export function empty(title, text, ...actions) {
  return h("div", { class: "state" }, h("p", { class: "strong" }, title),
    text ? h("p", { class: "soft" }, text) : null, actions);
}

/** That an identity provider manages something: what can't be changed here, and how to.
 * @param release ends that; only for callers who can. */
export function managedNotice(text, release) {
  return h("div", { class: "notice row wrap" }, h("p", { class: "grow" }, text),
    release ? button(t("managed.release"), async () => {
      const isDone = await confirm(t("managed.release"), h("p", {}, t("managed.release.text")),
        t("managed.release"), release);
      if (isDone) dispatchEvent(new HashChangeEvent("hashchange"));
    }, { kind: "second small" }) : null);
}

/** While a view loads. */
export function skeleton() {
  return h("div", { class: "skeleton", role: "status" },
    h("span", { class: "hidden" }, t("loading")),
    [0, 1, 2, 3, 4].map(() => h("span", { class: "bar" })));
}

/** What went wrong, in words that say what to do. */
export function problemText(error) {
  if (!(error instanceof Problem)) return t("problem.unknown");
  if (error.status === 0) return t("problem.offline");
  if (error.status === 429) return t("problem.slow", { seconds: error.retryAfter ?? 1 });
  if (error.status === 502 || error.status === 503 || error.status === 504) {
    return t("problem.down");
  }
  const details = error.errors.map(({ pointer, parameter, detail }) =>
    `${(pointer ?? parameter ?? "").replace(/^\//, "")}: ${detail}`);
  return codeText({ code: error.code, detail: details.join(" · ") || error.message });
}

export function problemState(error, retry) {
  const kind = { 0: "offline", 403: "forbidden", 404: "missing" }[error.status] ?? "failed";
  const text = kind === "missing" || kind === "forbidden" ? t(`state.${kind}.text`)
    : problemText(error);
  return h("div", { class: "state", role: "alert" },
    h("p", { class: "strong" }, t(`state.${kind}`)), h("p", { class: "soft" }, text),
    error.requestId ? h("p", { class: "soft" }, t("requestId"), " ",
      h("code", {}, error.requestId)) : null,
    retry && kind !== "missing" && kind !== "forbidden"
      ? button(t("retry"), retry, { kind: "first" }) : null);
}

const live = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

/** Says what was done, on the screen and to screen readers. */
export function toast(text, kind = "good") {
  // A modal dialog hides and silences what is outside of it.
  const host = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (live.parentElement !== host) host.append(live);
  const note = h("div", { class: `toast ${kind}` }, icon(kind === "good" ? "check" : "warn"), text);
  live.append(note);
  while (live.childElementCount > 2) live.firstElementChild.remove();
  setTimeout(() => note.remove(), 6000);
}

/** Notices are about the view in which they were made. */
export const clearToasts = () => put(live);

/** Runs something that a button began: the button waits, and a failure is told.
 * @returns whether it was done. */
export async function attempt(element, work) {
  if (element?.hasAttribute("aria-busy")) return false;
  // Not disabled: that would lose the focus.
  element?.setAttribute("aria-busy", "true");
  try {
    await work();
    return true;
  } catch (error) {
    toast(problemText(error), "bad");
    return false;
  } finally {
    element?.removeAttribute("aria-busy");
  }
}

/** A modal dialog. Focus returns to what had it. */
export function dialog(title, content, { wide = false } = {}) {
  const id = uniqueId("dialog");
  const opener = document.activeElement;
  const box = h("dialog", { "aria-labelledby": id, class: wide ? "wide" : null },
    h("div", { class: "row head" }, h("h2", { id, tabindex: "-1" }, title),
      button("", () => box.close(), { kind: "quiet", icon: "close", "aria-label": t("close") })));
  box.append(h("div", {}, content));
  box.addEventListener("close", () => {
    if (box.contains(live)) document.body.append(live);
    box.remove();
    if (opener?.isConnected) opener.focus();
  });
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  document.body.append(box);
  box.showModal();
  return box;
}

/** Asks before something that can't be undone, saying what will happen.
 * @returns a promise of whether it was done. */
export function confirm(title, text, label, work) {
  return new Promise((resolve) => {
    let isDone = false;
    const act = button(label, async () => {
      isDone = await attempt(act, work);
      if (isDone) box.close();
    }, { kind: "danger" });
    const box = dialog(title, [h("div", { class: "text" }, text),
      h("div", { class: "foot" }, button(t("cancel"), () => box.close()), act)]);
    box.addEventListener("close", () => resolve(isDone));
  });
}

/** A labelled field. */
export function field(label, input, hint) {
  const id = input.id || uniqueId("field");
  input.id = id;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" }, h("label", { for: id }, label), input,
    hint ? h("p", { class: "soft hint", id: `${id}-hint` }, hint) : null);
}

export function choice(options, value, properties = {}) {
  const select = h("select", properties, options.map(([key, label]) =>
    h("option", { value: key }, label)));
  select.value = value;
  return select;
}

/** A search that waits for a pause in typing. */
export function searchField(label, value, changed) {
  let timer;
  const input = h("input", {
    type: "search", value: value ?? "", "aria-label": label, placeholder: label,
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => changed(input.value.trim()), 250);
    },
  });
  return h("div", { class: "search" }, icon("search"), input);
}

const CHUNK = 50;

/** A list of any length. The browser skips what is out of sight by chunks: one for each row would
 * make it look at every row in every frame. */
export function longList(caption, kind = "") {
  const element = h("div", { class: "long" });
  const chunk = () => h("ul", { class: `rows ${kind}`, "aria-label": caption });
  return {
    element,
    get count() {
      return element.querySelectorAll(":scope > ul > li").length;
    },
    add(rows) {
      let rest = rows;
      while (rest.length) {
        let last = element.lastElementChild;
        if (!last || last.childElementCount >= CHUNK) element.append(last = chunk());
        const room = CHUNK - last.childElementCount;
        last.append(...rest.slice(0, room));
        rest = rest.slice(room);
      }
    },
    addFirst(rows) {
      if (rows.length === 0) return;
      const first = chunk();
      first.append(...rows);
      element.prepend(first);
    },
    clear() {
      put(element);
    },
  };
}

/** A list that grows by pages.
 * @param load called with a page's number; returns `{items, total}`.
 * @param row makes an item's `li`. */
export async function pages(load, row, { whenEmpty, size = 50, caption } = {}) {
  const rows = longList(caption);
  const foot = h("div", { class: "more" });
  const box = h("div", {}, rows.element, foot);
  let page = 0;
  let count = 0;
  async function more() {
    const { items, total } = await load(page + 1, size);
    page += 1;
    count += items.length;
    rows.add(items.map(row));
    const rest = total - count;
    put(foot, rest > 0 && items.length ? [
      h("span", { class: "soft" }, t("shown", { count: integer(count), total: integer(total) })),
      loadMore,
    ] : null);
    if (total === 0 || (count === 0 && rest <= 0)) put(box, whenEmpty ?? empty(t("nothing")));
  }
  const loadMore = button(t("more"), () => attempt(loadMore, more));
  await more();
  return box;
}

/** A table that becomes cards on narrow screens. */
export function table(caption, columns, rows) {
  return h("div", { class: "table" }, h("table", {}, h("caption", { class: "hidden" }, caption),
    h("thead", {}, h("tr", {}, columns.map((title) => h("th", { scope: "col" },
      title || h("span", { class: "hidden" }, t("actions")))))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, index) =>
      h("td", { "data-label": columns[index] || null }, cell)))))));
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    toast(t("notCopied"), "bad");
  }
}

/** An id that can be copied. */
export function copyable(text) {
  return h("button", {
    type: "button", class: "copyable", title: t("copy"), onclick: () => copy(text),
  }, h("code", {}, text), h("span", { class: "hidden" }, `, ${t("copy")}`));
}

function apiButton() {
  return button("API", () => dialog(t("api.title"), [
    h("p", { class: "soft" }, t("api.text")),
    calls.length === 0 ? empty(t("nothing")) : null,
    calls.map((entry) => {
      const command = curl(entry);
      return h("div", { class: "command" },
        h("pre", { tabindex: "0", "aria-label": command }, command),
        button(t("copy"), () => copy(command)));
    }),
  ], { wide: true }), { kind: "quiet", icon: "code", title: t("api.title") });
}
