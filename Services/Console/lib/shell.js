// What surrounds every view: navigation, the signed-in user, the language.

import { calls, get, Problem, remove } from "./api.js";
import { links, mark, setTitle } from "./brand.js";
import { h, put } from "./dom.js";
import { language, languages, loadTexts, t } from "./i18n.js";
import { forgetPeople, learn } from "./people.js";
import { current } from "./router.js";
import { currentToken, end, isAdmin, session } from "./session.js";
import { avatar, button, choice, icon, problemState, skeleton } from "./ui.js";

const root = document.getElementById("app");
let main;
let nav;
let running = new AbortController();
let hasShown = false;
let shownPath;

const PLACES = [
  ["home", "home", ""], ["invitations", "mail", "invitations"],
  ["organizations", "building", "organizations"],
  ["teams", "people", "teams"], ["webhooks", "hook", "webhooks"], ["account", "user", "account"],
];
const ADMIN = [
  ["users", "people", "admin/users"], ["tokens", "code", "admin/tokens"],
  ["events", "hook", "admin/events"], ["audit", "shield", "admin/audit"],
  ["health", "check", "admin/health"],
];

/** Shows the view of the current address, or signing in first.
 * @param notice why the user has to sign in again, if they do. */
export async function show(notice) {
  running.abort();
  const work = new AbortController();
  running = work;
  if (!currentToken()) return signIn(notice);
  if (!session.me) {
    put(root, h("div", { class: "bare" }, skeleton()));
    try {
      session.me = await get("/api/me", { signal: work.signal });
      learn(session.me);
    } catch (error) {
      if (error.name === "AbortError" || !currentToken()) return undefined;
      return put(root, h("main", { class: "bare" }, problemState(error, () => show())));
    }
  }
  if (!main?.isConnected) frame();
  markPlace();
  return view(work);
}

async function view(work) {
  const { load, params, path, query } = current();
  const isAgain = path === shownPath;
  const top = scrollY;
  let before;
  shownPath = path;
  calls.length = 0;
  main.setAttribute("aria-busy", "true");
  const patience = setTimeout(
    () => put(main, h("h1", { class: "hidden" }, t("state.title")), skeleton()), 120);
  try {
    if (!load) throw new Problem(404);
    const { default: make } = await load();
    const content = await make({ params, query, signal: work.signal });
    before = document.activeElement;
    if (!work.signal.aborted) put(main, content);
  } catch (error) {
    if (work.signal.aborted) return;
    if (!(error instanceof Problem)) console.error(error);
    put(main, h("h1", { tabindex: "-1" }, t("state.title")), problemState(error, () => show()));
  } finally {
    clearTimeout(patience);
  }
  if (work.signal.aborted) return;
  main.removeAttribute("aria-busy");
  const heading = main.querySelector("h1");
  setTitle(heading?.textContent);
  // So that a screen reader says where it is, and Tab goes on from there; not as the page opens.
  const { activeElement } = document;
  if (hasShown && (activeElement === document.body || nav.contains(activeElement))) {
    const name = isAgain && nameOfControl(before);
    const same = name && [...main.querySelectorAll("button, a, select, input")]
      .find((one) => nameOfControl(one) === name);
    (same || heading)?.focus({ preventScroll: true });
    if (same?.type === "search") keepTyping(before, same);
  }
  if (!hasShown) performance.mark("shown");
  hasShown = true;
  scrollTo(0, isAgain ? top : 0);
}

/** What was typed while a search ran is in the new field, and searched for. */
function keepTyping(before, field) {
  const isNew = field.value !== before.value.trim();
  field.value = before.value;
  field.setSelectionRange(before.selectionStart, before.selectionEnd);
  if (isNew) field.dispatchEvent(new Event("input"));
}

/** What a control is called, to find it in a view that was made again. */
function nameOfControl(element) {
  if (!element || element === document.body || !element.matches("button, a, select, input")) {
    return null;
  }
  return `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent}`;
}

/** Loads the current view again, after a change: where it is scrolled and focused stays. */
export const refresh = () => show();

async function signIn(notice) {
  running.abort();
  shownPath = undefined;
  main = undefined;
  forgetPeople();
  const { default: make } = await import("../views/signin.js");
  put(root, make({ notice, done: () => show(), language: languageChoice() }));
  hasShown = true;
  setTitle(t("signIn.title"));
  root.querySelector("input")?.focus();
}

/** Shows signing in, because the session has ended. */
export function signInAgain() {
  end();
  return signIn(t("signIn.ended"));
}

async function signOut() {
  // An API token is no session: the console only forgets it.
  if (currentToken()?.startsWith("st_")) {
    await remove("/api/auth/sessions/current", { quiet: true }).catch(() => {});
  }
  end();
  location.hash = "#/";
  await signIn();
}

function languageChoice() {
  return choice(Object.entries(languages), language, {
    "aria-label": t("language"), class: "language", onchange: async ({ target }) => {
      await loadTexts(target.value);
      main = undefined;
      await show();
    },
  });
}

function frame() {
  const { me } = session;
  main = h("main", { id: "main", tabindex: "-1" });
  const toggle = button("", () => {
    const isOpen = nav.classList.toggle("open");
    toggle.setAttribute("aria-expanded", isOpen);
  }, { kind: "quiet menu", icon: "menu", "aria-label": t("menu"), "aria-expanded": "false" });
  const places = (items) => h("ul", {}, items.map(([key, name, address]) =>
    h("li", {}, h("a", { href: `#/${address}`, "data-place": address }, icon(name),
      t(`nav.${key}`)))));
  const brand = () => h("a", { href: "#/", class: "brand" }, mark());
  nav = h("nav", { "aria-label": t("nav"), class: "places" }, brand(), places(PLACES),
    isAdmin() ? [h("h2", {}, t("nav.admin")), places(ADMIN)] : null,
    h("p", { class: "elsewhere" }, h("a", { href: "../docs" }, t("nav.reference")),
      h("a", { href: "../problems" }, t("nav.problems")), links()),
    h("div", { class: "me" }, h("div", { class: "row" }, avatar(me.displayName),
      h("span", { class: "who" }, me.displayName, h("span", { class: "soft line" }, me.email))),
    h("div", { class: "row" }, languageChoice(), button(t("signOut"), signOut))));
  nav.addEventListener("click", ({ target }) => {
    if (!target.closest("a")) return;
    nav.classList.remove("open");
    toggle.setAttribute("aria-expanded", "false");
  });
  put(root,
    button(t("skip"), () => main.focus(), { kind: "skip" }),
    h("header", { class: "top" }, brand(), toggle),
    nav, main);
}

function markPlace() {
  const { path } = current();
  for (const anchor of nav.querySelectorAll("a[data-place]")) {
    const address = `/${anchor.dataset.place}`;
    const isHere = address === "/" ? path === "/" : path === address
      || path.startsWith(`${address}/`);
    if (isHere) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
}

