// A field for several people: typed or pasted addresses become chips, known people are suggested.

import { h, put, uniqueId } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./ui.js";

/** @param suggest called with the text; returns `[{value, name, detail}]`
 * @param check whether a typed text can be added */
export function addresses({ label, hint, suggest, check }) {
  const [listId, inputId, hintId] = [uniqueId("list"), uniqueId("input"), uniqueId("hint")];
  const chosen = new Map();
  let options = [];
  let active = -1;
  const chips = h("ul", { class: "chips", "aria-label": t("addresses.chosen") });
  const list = h("ul", { id: listId, role: "listbox", class: "suggestions", "aria-label": label });
  list.hidden = true;
  const input = h("input", {
    id: inputId, role: "combobox", "aria-expanded": "false", "aria-controls": listId,
    "aria-autocomplete": "list", "aria-describedby": hintId, autocomplete: "off",
    // Leaving makes no chip of what was typed: it would move the button that is being pressed.
    spellcheck: "false", oninput: typed, onkeydown: pressed, onblur: close,
  });

  function add({ value, name }) {
    chosen.set(value, name);
    input.value = "";
    input.removeAttribute("aria-invalid");
    close();
    draw();
  }

  function draw() {
    put(chips, [...chosen].map(([value, name]) => h("li", { class: "chip" }, name,
      h("button", {
        type: "button", "aria-label": t("addresses.remove", { name }), onclick: () => {
          chosen.delete(value);
          input.removeAttribute("aria-invalid");
          draw();
          input.focus();
        },
      }, icon("close")))));
    chips.hidden = chosen.size === 0;
  }

  /** Adds what was typed, if it is complete. */
  function take(text) {
    const words = text.split(/[\s,;]+/).filter(Boolean);
    const rest = words.filter((word) => {
      const known = suggest(word).find(({ value, detail }) =>
        [value, detail].some((one) => one?.toLowerCase() === word.toLowerCase()));
      if (known) add(known);
      else if (check(word)) add({ value: word, name: word });
      return !known && !check(word);
    });
    input.value = rest.join(" ");
    if (rest.length) input.setAttribute("aria-invalid", "true");
  }

  function typed() {
    input.removeAttribute("aria-invalid");
    if (/[,;\n]|\s\S*@/.test(input.value)) take(input.value);
    options = suggest(input.value).filter(({ value }) => !chosen.has(value));
    active = -1;
    put(list, options.map((option, index) => h("li", {
      role: "option", id: `${listId}-${index}`, "aria-selected": "false",
      onpointerdown: (event) => {
        event.preventDefault();
        add(option);
      },
    }, option.name, h("span", { class: "soft line" }, option.detail))));
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  }

  function pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length && !list.hidden) {
      event.preventDefault();
      active = (active + step + options.length) % options.length;
      [...list.children].forEach((option, index) => {
        option.setAttribute("aria-selected", String(index === active));
      });
      input.setAttribute("aria-activedescendant", `${listId}-${active}`);
      list.children[active].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (active >= 0) add(options[active]);
      else take(input.value);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Backspace" && input.value === "" && chosen.size) {
      chosen.delete([...chosen.keys()].at(-1));
      draw();
    }
  }

  draw();
  return {
    element: h("div", { class: "field addresses" }, h("label", { for: inputId }, label), chips,
      h("div", { class: "anchor" }, input, list), h("p", { class: "soft hint", id: hintId }, hint)),
    input,
    /** What was chosen, after adding what is still being typed; nothing if that is incomplete. */
    values() {
      take(input.value);
      return input.value === "" ? [...chosen.keys()] : [];
    },
    clear() {
      chosen.clear();
      input.value = "";
      draw();
    },
  };
}
