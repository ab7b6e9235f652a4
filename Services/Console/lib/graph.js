// The picture of who has access and why: people, what gives them access, and the thing.

import { brand } from "./brand.js";
import { download, h, put, s } from "./dom.js";
import { parts, t, tn } from "./i18n.js";
import { button } from "./ui.js";

const ROW = 46;
const MAXIMUM = 40;
const COLUMNS = [[0, 250], [360, 230], [690, 210]];
const WIDTH = 900;
const FONT = "system-ui, sans-serif";
// Of the exported file; in the page the style sheet has the last word.
const INK = "#16181d";
const LINE = "#c3c8d4";


function colorsOf(kind) {
  const { accent, onAccent, tint } = brand.colors.light;
  return {
    person: ["#fff", LINE, INK], way: [tint, tint, INK], goal: [accent, accent, onAccent],
  }[kind];
}

/** @param thing `{name, kind}`
 * @param people `{key, name, paths: [{way: {key, name}, text}]}`
 * @param total of all people, if not all are given */
export function graph(thing, people, total = people.length) {
  const shown = people.slice(0, MAXIMUM);
  const ways = new Map();
  for (const { paths } of shown) for (const { way } of paths) ways.set(way.key, way);
  const rest = total - shown.length;
  const rows = Math.max(shown.length + (rest > 0 ? 1 : 0), ways.size, 1);
  const height = rows * ROW + 16;
  const place = (index, count) => height / 2 + (index - (count - 1) / 2) * ROW;
  const spread = (index, count) => (count < 2 ? height / 2
    : height / 2 + (index - (count - 1) / 2) * Math.min(ROW * 2, (height - ROW) / (count - 1)));

  const picture = s("svg", {
    viewBox: `0 0 ${WIDTH} ${height}`, class: "graph", role: "group", "font-family": FONT,
    "font-size": 13, xmlns: "http://www.w3.org/2000/svg",
    "aria-label": t("graph.label", { name: thing.name }),
  });
  const edges = s("g", { fill: "none", stroke: LINE, "stroke-width": 1.5 });
  const nodes = s("g", {});
  picture.append(edges, nodes);
  const columns = [[], [], []];
  const explanation = h("p", { class: "soft explanation" }, t("graph.hint"));

  const goal = node(2, height / 2, thing.name, "goal", { key: "thing" });
  const wayNodes = new Map([...ways.values()].map((way, index) =>
    [way.key, node(1, spread(index, ways.size), way.name, "way", way)]));
  shown.forEach((person, index) => {
    const from = node(0, place(index, rows), person.name, "person", person);
    for (const { way } of person.paths) edge(from, wayNodes.get(way.key), person.key, way.key);
  });
  for (const way of wayNodes.values()) edge(way, goal, null, way.key);
  if (rest > 0) {
    nodes.append(s("text", { x: 16, y: place(rows - 1, rows) + 4, fill: INK, class: "rest" },
      tn("graph.rest", rest)));
  }

  function node(column, y, name, kind, item) {
    const [x, width] = COLUMNS[column];
    const [fill, stroke, ink] = colorsOf(kind);
    const group = s("g", {
      class: `node ${kind}`, tabindex: "-1", role: "button", "aria-label": describe(kind, item),
    }, s("rect", { x: x + 1, y: y - 17, width: width - 2, height: 34, rx: 8, fill,
      stroke }),
    s("text", { x: x + 14, y: y + 4.5, fill: ink }, clip(name, Math.floor(width / 8))),
    s("title", {}, name));
    const made = { group, x, y, width, kind, item, edges: [] };
    columns[column].push(made);
    for (const event of ["pointerenter", "focus"]) group.addEventListener(event, () => light(made));
    group.addEventListener("pointerleave", () => light(null));
    group.addEventListener("blur", () => light(null));
    nodes.append(group);
    return made;
  }

  function edge(from, to, person, way) {
    const [x1, x2] = [from.x + from.width, to.x];
    const middle = (x1 + x2) / 2;
    const line = s("path", {
      d: `M${x1} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${x2} ${to.y}`, class: "edge" });
    const made = { line, from, to, person, way };
    from.edges.push(made);
    to.edges.push(made);
    edges.append(line);
  }

  /** Emphasizes the paths through a node, and explains them. */
  function light(made) {
    const lit = new Set();
    if (made) {
      lit.add(made);
      for (const one of made.edges) {
        lit.add(one).add(one.from).add(one.to);
        // A person's path goes on to the thing; a way has all its people.
        for (const next of one.to.edges) if (next.from === one.to) lit.add(next).add(next.to);
        if (made === goal) for (const other of one.from.edges) lit.add(other).add(other.from);
      }
    }
    picture.classList.toggle("lighting", made !== null);
    for (const one of columns.flat()) {
      one.group.classList.toggle("lit", lit.has(one));
      for (const { line } of one.edges) line.classList.toggle("lit", false);
    }
    for (const one of lit) one.line?.classList.add("lit");
    // The last explanation stays: what is below must not move away from under a pointer.
    if (made) put(explanation, describe(made.kind, made.item));
  }

  function describe(kind, item) {
    if (kind === "goal") return t("graph.thing", { name: thing.name });
    if (kind === "way") {
      return tn("graph.way", people.filter(({ paths }) => paths.some(({ way }) =>
        way.key === item.key)).length, { name: item.name });
    }
    return parts("graph.person", {
      name: item.name, why: item.paths.map(({ text }) => text).join("; "),
    }).join("");
  }

  // One tab stop; arrows move within and between the columns.
  let [column, index] = [0, 0];
  const focusable = () => columns[column][Math.min(index, columns[column].length - 1)];
  if (!columns[0].length) column = 2;
  focusable().group.setAttribute("tabindex", "0");
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[
      event.key];
    if (!step) return;
    event.preventDefault();
    const to = column + step[0];
    if (to < 0 || to > 2 || columns[to].length === 0) return;
    focusable().group.setAttribute("tabindex", "-1");
    column = to;
    index = Math.max(0, Math.min(index, columns[to].length - 1) + step[1]);
    index = Math.min(index, columns[to].length - 1);
    const next = focusable().group;
    next.setAttribute("tabindex", "0");
    next.focus();
  });

  return h("figure", { class: "picture" },
    h("div", { class: "scroll" }, picture),
    h("figcaption", { class: "row wrap" }, explanation,
      button(t("graph.export"), () => download(
        `${thing.name.replace(/[^\p{L}\p{N}]+/gu, "-")}-access.svg`, "image/svg+xml",
        exported(picture)), { kind: "second small" })));
}

/** The picture as a file of its own. */
function exported(picture) {
  const copy = picture.cloneNode(true);
  for (const element of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of ["tabindex", "role", "class"]) element.removeAttribute(name);
  }
  return new XMLSerializer().serializeToString(copy);
}

function clip(text, length) {
  const letters = [...text];
  return letters.length > length ? `${letters.slice(0, length - 1).join("")}…` : text;
}
