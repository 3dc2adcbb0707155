// The list of rows: as many elements as fit on the screen, whatever its length.

import { el, plural, words } from "./text.js";

const HEIGHT = 78; // as in rows.css
const AROUND = 6; // lines beyond the edges that are there already

export class List {
  constructor(box, picked) {
    this.box = box;
    this.inner = box.firstElementChild;
    this.lines = [];
    this.at = -1;
    this.picked = picked;
    box.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(box);
    box.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.pick(Number(option.dataset.place), true);
    });
  }

  // Other lines; the chosen one stays chosen where it is still there.
  show(lines) {
    const chosen = this.lines[this.at];
    this.lines = lines;
    this.at = chosen ? lines.indexOf(chosen) : -1;
    this.inner.style.height = `${lines.length * HEIGHT}px`;
    this.drawn = "";
    this.draw();
  }

  // Choose a line by its place; `read` says that it was asked for and not just passed.
  pick(place, read = false) {
    if (!this.lines.length) return;
    this.at = Math.max(0, Math.min(this.lines.length - 1, place));
    const top = this.at * HEIGHT;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + HEIGHT > this.box.scrollTop + this.box.clientHeight) {
      this.box.scrollTop = top + HEIGHT - this.box.clientHeight;
    }
    this.drawn = "";
    this.draw();
    this.picked(this.lines[this.at], read);
  }

  draw() {
    const from = Math.max(0, Math.floor(this.box.scrollTop / HEIGHT) - AROUND);
    const to = Math.min(this.lines.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / HEIGHT) + AROUND);
    const wanted = `${from}-${to}`;
    if (wanted === this.drawn) return;
    this.drawn = wanted;
    this.inner.replaceChildren(...this.lines.slice(from, to).map((line, index) => this.option(line, from + index)));
    const chosen = this.at >= from && this.at < to;
    if (chosen) this.box.setAttribute("aria-activedescendant", `row-${this.lines[this.at].number}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  option(line, place) {
    const option = el(
      "div",
      {
        role: "option", id: `row-${line.number}`, class: `row ${line.kind}`, "data-place": place,
        "aria-selected": String(place === this.at), "aria-setsize": this.lines.length, "aria-posinset": place + 1,
      },
      el("p", { class: "meta" }, metaOf(line)),
      el("p", { class: "text", dir: "auto" }, line.text || line.scenario || "nothing was said"),
    );
    option.style.transform = `translateY(${place * HEIGHT}px)`;
    return option;
  }
}

function metaOf(line) {
  const marks = line.findings?.length ? el("span", { class: "badge", title: line.findings.join(", ") }, `! ${line.findings.length}`) : null;
  if (line.kind === "rejected") {
    return [el("span", { class: "badge lost" }, "rejected"), el("span", { dir: "auto" }, `${words(line.stage)} · ${line.code}`)];
  }
  const domains = (line.domains ?? []).map(words).join(", ") || line.scenario;
  const shape = `${plural(line.turns, "turn")} · ${plural(line.calls, "call")}${line.batch > 1 ? ` · ${line.batch} at once` : ""}`;
  return [el("span", { class: "domain", dir: "auto" }, domains), el("span", { class: "shape" }, shape), marks];
}
