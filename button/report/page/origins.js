// Where each argument came from: said on hover, focus or tap, and lit up where it stands.

import { el, text, shorten } from "./text.js";

const SOURCES = {
  human: ["human", "said by the human"],
  result: ["result", "from a result"],
  derived: ["worked out", "worked out"],
  enum: ["choice", "a choice of the function"],
  default: ["default", "the default"],
  system: ["system", "from the system message"],
  nowhere: ["nowhere", "from nowhere"],
};
const bubble = document.getElementById("origin");
let pinned = null; // the argument whose origin was asked for by touch
let told = null; // the argument whose origin is shown
let touched = false;

export function sourceName(origin) {
  return SOURCES[origin?.source]?.[0] ?? "unknown";
}

export function sourceClass(origin) {
  const source = origin?.source;
  if (source === "human" || source === "result" || source === "derived" || source === "nowhere") return source;
  return "given";
}

// An argument that tells its origin; `context` is {row, calls, root}.
export function argument(call, path, value, context) {
  const origin = call.origins[path];
  const shown = JSON.stringify(value) ?? String(value);
  const name = path.replace(/^\$\.?/, "") || "value";
  const node = el(
    "span",
    {
      class: `argument from-${sourceClass(origin)}`,
      tabindex: "0",
      role: "button",
      "aria-label": `${name}: ${shorten(shown, 200)}, ${describe(origin, context)}`,
      "data-path": path,
    },
    el("span", { class: "name", dir: "auto" }, name),
    el("span", { class: "value", dir: "auto" }, ...longValue(shown)),
    el("span", { class: "source" }, sourceName(origin)),
  );
  const open = () => show(node, origin, value, context);
  node.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; });
  node.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && open());
  node.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && hide());
  node.addEventListener("focus", open);
  node.addEventListener("blur", () => pinned !== node && hide());
  node.addEventListener("click", () => {
    if (touched) {
      open();
      pinned = node;
    } else goTo(origin, value, context);
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      goTo(origin, value, context);
    }
  });
  return node;
}

function longValue(shown) {
  return shown.length > 400 ? [text(shorten(shown, 400))] : [text(shown)];
}

export function describe(origin, context) {
  if (!origin) return "its origin is not recorded";
  const words = SOURCES[origin.source]?.[1] ?? origin.source;
  const parts = [words];
  if (origin.source === "result") {
    const call = context.calls.find((each) => each.id === origin.call);
    parts[0] = call ? `from the result of ${call.name}` : words;
    if (origin.path) parts.push(origin.path.replace(/^\$\.?/, ""));
  }
  if (origin.note) parts.push(`by ${origin.note}`);
  if (origin.message !== undefined) parts.push(`message ${origin.message}`);
  return parts.join(" · ");
}

function show(node, origin, value, context) {
  hide();
  const found = sourceOf(origin, value, context);
  bubble.replaceChildren(
    el("p", { class: `says from-${sourceClass(origin)}` }, describe(origin, context)),
    ...(found.quote ? [el("p", { class: "quote", dir: "auto" }, found.quote)] : []),
    ...(found.target
      ? [el("button", { type: "button", class: "link", tabindex: "-1", onclick: () => goTo(origin, value, context) }, "show it there")]
      : []),
  );
  bubble.hidden = false;
  told = node;
  place(node);
  node.classList.add("lit");
  if (found.target) light(found);
}

function place(node) {
  const box = node.getBoundingClientRect();
  const own = bubble.getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, innerWidth - own.width - 8));
  const below = box.bottom + 6;
  const fits = below + own.height < innerHeight - 8;
  bubble.style.left = `${left}px`;
  bubble.style.top = `${fits ? below : Math.max(8, box.top - own.height - 6)}px`;
}

export function hide() {
  pinned = null;
  told = null;
  bubble.hidden = true;
  for (const lit of document.querySelectorAll(".argument.lit, .origin-lit")) {
    lit.classList.remove("lit", "origin-lit");
  }
  for (const mark of document.querySelectorAll("mark.origin-mark")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

// The element that holds the value, and the words around it.
function sourceOf(origin, value, context) {
  if (origin?.message === undefined) return { target: null, quote: "" };
  const message = context.root.querySelector(`[data-message="${Number(origin.message)}"]`);
  if (!message) return { target: null, quote: "" };
  if (origin.source === "result") {
    const leaves = [...message.querySelectorAll("[data-leaf]")];
    const leaf = leaves.find((each) => each.dataset.leaf === origin.path);
    return { target: leaf ?? message, quote: "" };
  }
  const content = context.row.messages[origin.message]?.content ?? "";
  const said = waysToSay(value).find((each) => content.toLowerCase().includes(each));
  if (!said) return { target: message, quote: "" };
  const at = content.toLowerCase().indexOf(said);
  return { target: message, quote: `“${sentenceAt(content, at)}”`, words: content.slice(at, at + said.length) };
}

// How a value may stand in a sentence, the exact way first.
function waysToSay(value) {
  if (typeof value === "boolean" || value === null || value === "") return [];
  const exact = String(value).toLowerCase();
  const grouped = typeof value === "number" ? value.toLocaleString("en-US") : exact.replaceAll(/[_-]+/g, " ");
  return [...new Set([exact, grouped])];
}

function sentenceAt(content, at) {
  const from = Math.max(content.lastIndexOf(". ", at) + 1, content.lastIndexOf("\n", at) + 1, at - 160, 0);
  const ends = [". ", "? ", "! ", "\n"].map((end) => content.indexOf(end, at)).filter((end) => end >= 0);
  return content.slice(from, Math.min(...ends.map((end) => end + 1), at + 200, content.length)).trim();
}

function light({ target, words }) {
  target.classList.add("origin-lit");
  if (!words) return;
  const walker = document.createTreeWalker(target, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at < 0 || node.parentNode.closest(".role")) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    range.surroundContents(el("mark", { class: "origin-mark" }));
    return;
  }
}

function goTo(origin, value, context) {
  const { target } = sourceOf(origin, value, context);
  if (!target) return;
  target.closest("details")?.setAttribute("open", "");
  target.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
}

export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

document.addEventListener("pointerdown", (event) => {
  if (!bubble.contains(event.target) && !event.target.closest?.(".argument")) hide();
});
addEventListener("scroll", () => told && place(told), { capture: true, passive: true });
