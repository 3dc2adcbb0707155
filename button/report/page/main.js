// The page: views, the address, the keyboard, and what happens when a row is chosen.

import { el, count } from "./text.js";
import { readLines } from "./data.js";
import { readRow } from "./rows.js";
import { hide } from "./origins.js";
import { showRow, connect } from "./detail.js";
import { wantedOf, addressOf, fits, makeSelects, showWanted } from "./filters.js";
import { search } from "./search.js";
import { List } from "./list.js";

const byId = (id) => document.getElementById(id);
const browser = byId("browser"), detail = byId("detail"), form = byId("filters");
const narrow = matchMedia("(max-width: 900px)");
let lines = [];
let wanted = {};
let reading = 0; // which row is being read, so that a slow one does not replace a later one
const list = new List(byId("list"), picked);

function view() {
  return location.hash.startsWith("#trajectories") ? "trajectories" : "overview";
}

function go() {
  const name = view();
  for (const section of document.querySelectorAll(".view")) section.hidden = section.id !== name;
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.body.dataset.view = name;
  hide();
  if (name === "overview") return;
  wanted = wantedOf(location.hash);
  showWanted(form, wanted);
  refresh();
  list.draw();
}

function write(change, push = false) {
  wanted = { ...wanted, ...change };
  history[push ? "pushState" : "replaceState"](null, "", addressOf(wanted));
}

function refresh() {
  const fitting = lines.filter((line) => fits(line, wanted));
  search(fitting, wanted.q ?? "", (found, share) => {
    list.show(found);
    const whole = found.length === lines.length ? "" : ` of ${count(lines.length)}`;
    const still = share < 1 ? ` · searching whole rows, ${Math.round(share * 100)}%` : "";
    byId("state").textContent = found.length || share < 1
      ? `${count(found.length)}${whole} rows${still}` : lines.length ? "No row is like that." : "No row is decided yet.";
    byId("clear").hidden = found.length === lines.length;
    choose(found, share);
  });
}

// The row in the address; without one the first, beside the list where there is room.
function choose(found, share) {
  const chosen = wanted.id ? found.findIndex((line) => nameOf(line) === wanted.id) : -1;
  browser.classList.toggle("reading", chosen >= 0);
  if (chosen >= 0) {
    if (list.at !== chosen || detail.dataset.row !== String(found[chosen].number)) list.pick(chosen);
  } else if (!narrow.matches && found.length) {
    if (list.at < 0) list.pick(0);
  } else if (share === 1 && !found.length) detail.replaceChildren();
}

function nameOf(line) {
  return line.kind === "accepted" ? line.id.slice(0, 12) : `rejected-${line.at}`;
}

async function picked(line, read) {
  if (read) {
    write({ id: nameOf(line) }, narrow.matches && !wanted.id);
    browser.classList.add("reading");
  } else if (wanted.id) write({ id: nameOf(line) });
  reading += 1;
  const mine = reading;
  try {
    const row = await readRow(line.number);
    if (mine !== reading) return;
    showRow(detail, row, line);
    detail.dataset.row = line.number;
    if (read && narrow.matches) detail.focus({ preventScroll: true });
  } catch (error) {
    detail.replaceChildren(el("p", { class: "note" }, `This row cannot be shown: ${error.message}`));
  }
}

function act(name) {
  if (name === "next") list.pick(list.at + 1);
  if (name === "previous") list.pick(list.at - 1);
  if (name === "back") back();
}

function back() {
  hide();
  browser.classList.remove("reading");
  write({ id: "" });
  byId("list").focus({ preventScroll: true });
}

const PAGE = 8;
const MOVES = {
  j: 1, k: -1, ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE, Home: -Infinity, End: Infinity,
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (!byId("origin").hidden) hide();
    else if (typing || detail.contains(document.activeElement) || browser.classList.contains("reading")) back();
    return;
  }
  if (event.target.id === "q" && (event.key === "ArrowDown" || event.key === "Enter")) {
    event.preventDefault();
    byId("list").focus();
    if (list.at < 0) list.pick(0);
    return;
  }
  if (typing) return;
  if (event.key === "/") {
    event.preventDefault();
    if (view() !== "trajectories") {
      history.pushState(null, "", "#trajectories");
      go();
    }
    byId("q").focus();
  } else if (view() === "trajectories") onListKey(event);
}

function onListKey(event) {
  const inList = event.target === byId("list") || event.target === document.body;
  if (event.key === "Enter" && event.target === byId("list") && list.at >= 0) {
    list.pick(list.at, true);
    detail.focus();
  } else if (event.key in MOVES && (inList || event.key === "j" || event.key === "k")) {
    event.preventDefault();
    list.pick(list.at + MOVES[event.key]);
  }
}

function wireForm() {
  let waiting;
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("q").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { write({ q: byId("q").value, id: "" }); refresh(); }, 120);
  });
  byId("more").addEventListener("click", () => {
    const open = form.classList.toggle("open");
    byId("more").setAttribute("aria-expanded", open);
  });
  byId("clear").addEventListener("click", () => {
    wanted = {};
    write({});
    showWanted(form, wanted);
    refresh();
    byId("list").focus();
  });
}

const THEMES = ["system", "light", "dark"];

function wireSkip() {
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address says which view is shown
    byId(view() === "overview" ? "main" : "list").focus();
  });
}

function wireTheme() {
  const button = byId("theme");
  const set = (name) => {
    document.documentElement.dataset.theme = name;
    button.textContent = { system: "◐", light: "○", dark: "●" }[name];
    const label = name === "system" ? "Colours: as the system" : `Colours: ${name}`;
    button.title = label;
    button.setAttribute("aria-label", label);
  };
  let stored = null;
  try {
    stored = localStorage.getItem("button-report-theme");
  } catch { /* a page from disk may have no storage */ }
  set(THEMES.includes(stored) ? stored : "system");
  button.addEventListener("click", () => {
    const name = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
    set(name);
    try {
      localStorage.setItem("button-report-theme", name);
    } catch { /* then it lasts as long as the page */ }
  });
}

async function start() {
  wireTheme();
  wireSkip();
  wireForm();
  connect(detail, act);
  document.addEventListener("keydown", onKey);
  addEventListener("popstate", go);
  try {
    lines = await readLines();
  } catch (error) {
    byId("state").textContent = `The rows cannot be read in this browser: ${error.message}`;
    go();
    return;
  }
  makeSelects(byId("selects"), lines, (key, value) => { write({ [key]: value, id: "" }); refresh(); });
  go();
  document.body.dataset.ready = "yes";
}

start();
