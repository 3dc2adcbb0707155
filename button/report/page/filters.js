// What is wanted of the list: kept in the address, set by the form, asked of each line.

import { el, count, words } from "./text.js";

const MOST_OPTIONS = 400;
const KEYS = ["q", "kind", "strategy", "domain", "function", "depth", "turns", "calls", "stage", "finding", "id"];
const SELECTS = [
  ["kind", "Outcome", (line) => [line.kind]],
  ["strategy", "Strategy", (line) => [line.strategy]],
  ["domain", "Domain", (line) => line.domains ?? []],
  ["depth", "Depth", (line) => [line.depth]],
  ["turns", "Turns", (line) => [line.turns]],
  ["calls", "Calls", (line) => [line.calls]],
  ["stage", "Lost at", (line) => [line.stage]],
  ["finding", "Findings", (line) => [...(line.findings?.length ? ["any"] : ["none"]), ...(line.findings ?? [])]],
  ["function", "Function", (line) => line.functions ?? []],
];
const VALUES = new Map(SELECTS.map(([key, , values]) => [key, values]));

export function wantedOf(hash) {
  const given = new URLSearchParams(hash.split("?")[1] ?? "");
  return Object.fromEntries(KEYS.filter((key) => given.get(key)).map((key) => [key, given.get(key)]));
}

export function addressOf(wanted) {
  const asked = new URLSearchParams(KEYS.filter((key) => wanted[key]).map((key) => [key, wanted[key]]));
  return `#trajectories${asked.size ? `?${asked}` : ""}`;
}

// Whether a line is what the selects ask for; the search is asked apart.
export function fits(line, wanted) {
  for (const [key, values] of VALUES) {
    if (wanted[key] && !values(line).some((value) => String(value) === wanted[key])) return false;
  }
  return true;
}

// One select for each property that lines differ in, with how many lines have each value.
export function makeSelects(box, lines, changed) {
  for (const [key, label, values] of SELECTS) {
    const counts = new Map();
    for (const line of lines) {
      for (const value of new Set(values(line))) {
        if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    if (counts.size < 2) continue;
    const select = el("select", { name: key, id: `select-${key}`, onchange: () => changed(key, select.value) },
      el("option", { value: "" }, "any"),
      ordered(counts).slice(0, MOST_OPTIONS).map(([value, number]) =>
        el("option", { value: String(value) }, `${labelOf(key, value)} (${count(number)})`)));
    box.append(el("label", {}, el("span", {}, label), select));
  }
}

function labelOf(key, value) {
  if (key === "finding" && value === "any") return "with any";
  return key === "function" || key === "finding" ? String(value) : words(value);
}

function ordered(counts) {
  const first = (value) => (value === "any" ? -2 : value === "none" ? -1 : 0);
  return [...counts].sort(([a], [b]) =>
    first(a) - first(b) || (typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en")));
}

// The form shows what is wanted, also where a link in a chart asked for it.
export function showWanted(form, wanted) {
  for (const control of form.elements) {
    if (!control.name) continue;
    const value = wanted[control.name] ?? "";
    if (control.tagName === "SELECT" && value && ![...control.options].some((option) => option.value === value)) {
      control.append(el("option", { value }, value));
    }
    if (control.value !== value) control.value = value;
  }
}
