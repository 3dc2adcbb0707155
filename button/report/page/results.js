// The result of a call as an indented tree whose leaves can be found by their path.

import { el, text, folded, count } from "./text.js";

const SHOWN_LINES = 24;
const DEEPEST = 40;

export function result(content) {
  let value;
  try {
    value = JSON.parse(content);
  } catch {
    return el("pre", { class: "json", dir: "auto" }, ...folded(content));
  }
  if (value === null || typeof value !== "object") {
    return el("pre", { class: "json" }, leaf("$", value));
  }
  const lines = [...linesOf(value, "$", 0, "", "")];
  const box = el("pre", { class: "json" });
  box.append(...lines.slice(0, SHOWN_LINES));
  if (lines.length > SHOWN_LINES) {
    const rest = el("details", { class: "rest" }, el("summary", {}, `${count(lines.length - SHOWN_LINES)} more lines`));
    rest.append(...lines.slice(SHOWN_LINES));
    box.append(rest);
  }
  return box;
}

function* linesOf(value, path, depth, label, end) {
  const list = Array.isArray(value);
  const [open, close] = list ? "[]" : "{}";
  const inner = list
    ? value.map((each, index) => ["", `${path}[${index}]`, each])
    : Object.entries(value).map(([name, each]) => [name, `${path}.${name}`, each]);
  if (!inner.length || depth >= DEEPEST) {
    yield line(depth, label, inner.length ? text(JSON.stringify(value)) : `${open}${close}`, end);
    return;
  }
  yield line(depth, label, open, "");
  for (const [index, [name, place, each]] of inner.entries()) {
    const comma = index < inner.length - 1 ? "," : "";
    if (each !== null && typeof each === "object") yield* linesOf(each, place, depth + 1, name, comma);
    else yield line(depth + 1, name, leaf(place, each), comma);
  }
  yield line(depth, "", close, end);
}

function line(depth, label, shown, end) {
  const key = label ? [el("span", { class: "key", dir: "auto" }, label), ": "] : [];
  return el("span", { class: "line" }, "  ".repeat(depth), ...key, shown, end, "\n");
}

function leaf(path, value) {
  return el("span", { class: `leaf ${typeof value}`, "data-leaf": path, dir: "auto" }, ...folded(JSON.stringify(value)));
}
