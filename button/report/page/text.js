// Text from models reaches the page only here, and only as text: what cannot be seen is named.

const UNSEEN =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu;
const FOLD = 6000; // characters of a text that are shown before one asks for all of it

// An element with attributes and children; a string child becomes text.
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : visible(String(value)));
  }
  for (const child of children.flat(2)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : text(String(child)));
  }
  return node;
}

// For attributes and SVG, where no element can stand for a character.
export function visible(value) {
  return value.replace(UNSEEN, (found) => `⟨${codeOf(found)}⟩`);
}

// A text node, or a fragment in which each unseen character is a small label.
export function text(value) {
  UNSEEN.lastIndex = 0;
  if (!UNSEEN.test(value)) return document.createTextNode(value);
  UNSEEN.lastIndex = 0; // matchAll begins where test has stopped
  const parts = document.createDocumentFragment();
  let from = 0;
  for (const found of value.matchAll(UNSEEN)) {
    parts.append(value.slice(from, found.index));
    const label = document.createElement("span");
    label.className = "unseen";
    label.textContent = codeOf(found[0]);
    parts.append(label);
    from = found.index + found[0].length;
  }
  parts.append(value.slice(from));
  return parts;
}

function codeOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

// A long text with its end folded away until it is asked for.
export function folded(value) {
  if (value.length <= FOLD) return [text(value)];
  const more = el("button", { type: "button", class: "link more" }, `… all ${count(value.length)} characters`);
  more.addEventListener("click", () => more.replaceWith(text(value.slice(FOLD))));
  return [text(value.slice(0, FOLD)), more];
}

export function count(number) {
  return number.toLocaleString("en-US");
}

export function words(name) {
  return String(name).replaceAll("_", " ");
}

export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

export function shorten(value, length) {
  return value.length > length ? `${value.slice(0, length - 1)}…` : value;
}
