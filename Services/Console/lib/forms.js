// Dialogs with fields.

import { h, put } from "./dom.js";
import { t } from "./i18n.js";
import { button, copy, dialog, field, problemText } from "./ui.js";

/** A dialog with a form. Mistakes stay in it.
 * @param inputs elements by name, each with its label: `{name: [label, element, hint]}`
 * @param send gets the values by name; its result is the promise's
 * @returns a promise of what `send` returned; undefined if the dialog was closed */
export function formDialog(title, {
  text, inputs = {}, content = [], label, kind = "first", send,
}) {
  return new Promise((resolve) => {
    let result;
    const mistake = h("p", { class: "mistake", role: "alert" });
    const submit = h("button", { class: `button ${kind}` }, label);
    let isBusy = false;
    const values = () => Object.fromEntries(Object.entries(inputs).map(([name, [, input]]) =>
      [name, input.type === "checkbox" ? input.checked : input.value.trim()]));
    const box = dialog(title, h("form", {
      novalidate: true, onsubmit: async (event) => {
        event.preventDefault();
        if (isBusy) return;
        isBusy = true;
        put(mistake);
        try {
          result = await send(values()) ?? true;
          box.close();
        } catch (error) {
          put(mistake, problemText(error));
        } finally {
          isBusy = false;
        }
      },
    }, text ? h("p", { class: "soft text" }, text) : null,
    Object.values(inputs).map(([name, input, hint]) => (input.type === "checkbox"
      ? check(name, input, hint) : field(name, input, hint))), content, mistake,
    h("div", { class: "foot" }, button(t("cancel"), () => box.close()), submit)));
    box.addEventListener("close", () => resolve(result));
    box.querySelector("form input, form select, form textarea")?.focus();
  });
}

/** A labelled checkbox. */
export function check(label, input, hint) {
  return h("label", { class: "check" }, input, h("span", {}, label,
    hint ? h("span", { class: "soft line" }, hint) : null));
}

export const textInput = (value = "", properties = {}) => h("input", { value, ...properties });

export const checkbox = (isChecked = false, properties = {}) =>
  h("input", { type: "checkbox", checked: isChecked, ...properties });

/** Shows a secret, once. */
export function secretDialog(title, text, secret) {
  const input = h("input", { readonly: true, value: secret, class: "secret" });
  dialog(title, [h("p", { class: "notice" }, text), field(t("secret"), input),
    h("div", { class: "foot" }, button(t("copy"), () => copy(secret), { kind: "first" }))]);
  input.select();
}
