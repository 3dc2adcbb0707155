// One row from top to bottom: what was asked, how calls depend on each other, what was said.

import { el, count, folded, plural, words } from "./text.js";
import { callsOf } from "./rows.js";
import { calm, hide } from "./origins.js";
import { callGraph } from "./graph.js";
import { conversation, findingMark } from "./conversation.js";
import { functionList } from "./functions.js";

export function showRow(root, row, line) {
  hide();
  root.replaceChildren(...(line.kind === "accepted" ? accepted(root, row) : rejected(row, line)));
  root.scrollTop = 0;
}

function accepted(root, row) {
  const calls = callsOf(row);
  const findings = row.findings ?? [];
  const context = { row, calls, findings, root };
  const called = new Set(calls.map((call) => call.name));
  return [
    head(words(row.strategy), row.task.text, [
      ["scenario", row.scenario.text],
      ["grown from", `${row.seeds.source}, item ${row.seeds.item}.${row.seeds.variant}`],
      ["models", modelsOf(row)],
      ["model calls", attemptsOf(row)],
      ["id", row.id],
    ]),
    findings.length > 0 && block("Findings", el("ul", { class: "found" }, findings.map(jumping))),
    block("Sub-tasks", subTasks(row, calls)),
    row.judgements?.length > 0 && block("Judges", judges(row.judgements)),
    calls.length > 0 && block("Call graph", callGraph(calls)),
    block("Conversation", conversation(context)),
    block(plural(row.functions.length, "function"), functionList(row.functions, called)),
  ].filter(Boolean);
}

function rejected(row, line) {
  const findings = row.findings ?? [];
  return [
    head("rejected", row.task || row.scenario || "Nothing was built yet.", [
      ["stage", words(row.stage)],
      ["code", row.code],
      ["at fault", line.fault],
      ["scenario", row.scenario],
      ["grown from", row.seeds ? `${row.seeds.source}, item ${row.seeds.item}.${row.seeds.variant}` : ""],
      ["mended by", row.mended_by],
    ]),
    block("Reason", el("p", { class: "reason", dir: "auto" }, ...folded(row.detail))),
    findings.length > 0 && block("Findings", el("ul", { class: "found" }, findings.map((finding) => el("li", {}, findingMark(finding))))),
    row.judgements?.length > 0 && block("Judges", judges(row.judgements)),
    el("p", { class: "about" }, "Conversations of rejected rows are not kept."),
  ].filter(Boolean);
}

function head(kind, title, facts) {
  return el(
    "header",
    {},
    el("p", { class: "kind" },
      el("button", { type: "button", class: "quiet back", "data-act": "back" }, "← List"),
      el("span", { class: "tag" }, kind),
      el("span", { class: "steps" },
        el("button", { type: "button", class: "quiet", "data-act": "previous", "aria-label": "Previous row" }, "↑"),
        el("button", { type: "button", class: "quiet", "data-act": "next", "aria-label": "Next row" }, "↓"))),
    el("h2", { dir: "auto" }, ...folded(title)),
    el("dl", { class: "facts" }, facts.filter(([, value]) => value).map(([name, value]) =>
      el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, ...folded(String(value)))))),
  );
}

function modelsOf(row) {
  return [...new Set(Object.values(row.models).map((use) => `${use.name} (${use.kind})`))].join(", ");
}

function attemptsOf(row) {
  const stages = Object.entries(row.attempts ?? {});
  const all = stages.reduce((sum, [, number]) => sum + number, 0);
  return all ? `${count(all)} (${stages.map(([stage, number]) => `${words(stage)} ${count(number)}`).join(", ")})` : "";
}

function judges(votes) {
  return el("ul", { class: "judges" }, votes.map((vote) => el(
    "li",
    { class: `vote-${vote.vote}` },
    el("span", { class: "vote" }, vote.vote),
    el("span", { class: "what", dir: "auto" }, ...folded(vote.reason)),
    el("span", { class: "about", dir: "auto" }, `on the ${vote.of} · ${vote.model.name}`),
  )));
}

function block(title, content) {
  return el("section", { class: "part" }, el("h3", {}, title), content);
}

function jumping(finding) {
  const mark = findingMark(finding);
  if (finding.message === undefined) return el("li", {}, mark);
  const button = el("button", { type: "button", class: "link", "data-jump": "message", "data-index": finding.message }, `message ${finding.message}`);
  return el("li", {}, mark, button);
}

function subTasks(row, calls) {
  return el("ol", { class: "sub-tasks" }, row.task.sub_tasks.map((task) => {
    const served = calls.filter((call) => call.subTask === task.id);
    const after = task.depends_on?.length ? `after ${task.depends_on.join(", ")}` : "";
    const by = served.length ? plural(served.length, "call") : task.functions?.length ? "not served" : "needs no function";
    return el(
      "li",
      { "data-sub": task.id, "data-task": task.id, tabindex: "0", role: "link", "data-jump": "call" },
      el("span", { class: "chip" }, task.id),
      el("span", { class: "what", dir: "auto" }, ...folded(task.text)),
      el("span", { class: "about" }, [after, by].filter(Boolean).join(" · ")),
    );
  }));
}

// Hover, focus and jumps between sub-tasks, calls and the graph.
export function connect(root, act) {
  const relight = (event) => {
    const at = event.target.closest?.("[data-call], [data-sub]");
    for (const lit of root.querySelectorAll(".linked")) lit.classList.remove("linked");
    if (at) light(root, at.dataset);
  };
  root.addEventListener("pointerover", relight);
  root.addEventListener("focusin", relight);
  root.addEventListener("pointerleave", relight);
  root.addEventListener("click", (event) => jump(root, event.target, act));
  root.addEventListener("keydown", (event) => {
    const own = event.target.matches?.("[role=link]");
    if (own && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      jump(root, event.target, act);
    }
  });
}

function light(root, { call, sub }) {
  for (const each of root.querySelectorAll("[data-call], [data-task], .edge")) {
    const own = each.dataset;
    const near = call
      ? own.call === call || own.task === sub || own.from === call || own.to === call
      : own.sub === sub || own.task === sub;
    if (near && (own.task === undefined || own.task === sub)) each.classList.add("linked");
  }
}

function jump(root, from, act) {
  const button = from.closest("[data-act]");
  if (button) {
    act(button.dataset.act);
    return;
  }
  const node = from.closest(".node, [data-jump]");
  if (!node || from.closest(".argument")) return;
  const { call, sub, jump: kind, index } = node.dataset;
  const wanted = kind === "message" ? ["message", index] : kind === "sub" ? ["task", sub] : kind === "call" ? ["sub", sub] : ["call", call];
  const target = [...root.querySelectorAll(".call, .message, [data-task]")].find((each) =>
    each.dataset[wanted[0]] === wanted[1] && (kind !== "call" || each.classList.contains("call")));
  if (!target) return;
  target.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  target.classList.add("arrived");
  setTimeout(() => target.classList.remove("arrived"), 1600);
}
