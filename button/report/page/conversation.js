// The conversation: who said what, calls with their arguments, results, findings where they occur.

import { el, folded, plural } from "./text.js";
import { leavesOf } from "./rows.js";
import { argument } from "./origins.js";
import { result } from "./results.js";

const ROLES = { system: "system", user: "human", assistant: "assistant", tool: "result" };

export function conversation(context) {
  const { row } = context;
  return el("ol", { class: "conversation" }, row.messages.map((message, index) => oneMessage(message, index, context)));
}

function oneMessage(message, index, context) {
  const marks = context.findings.filter((finding) => finding.message === index);
  const calls = context.calls.filter((call) => call.message === index);
  const own = marks.filter((finding) => !calls.some((call) => concerns(finding, call)));
  return el(
    "li",
    { class: `message ${message.role}${message.is_error ? " refused" : ""}${message.is_final ? " final" : ""}`, "data-message": index, id: `message-${index}` },
    el("p", { class: "role" }, roleOf(message), el("span", { class: "index" }, index)),
    el("div", { class: "body" }, bodyOf(message, calls, context), own.map(findingMark)),
  );
}

function roleOf(message) {
  if (message.is_final) return "answer";
  if (message.is_error) return "refused";
  return ROLES[message.role] ?? message.role;
}

function bodyOf(message, calls, context) {
  if (message.role === "tool") {
    const call = context.calls.find((each) => each.id === message.tool_call_id);
    return [
      el("p", { class: "of" }, "of ", el("code", { dir: "auto" }, call?.name ?? "an unknown call"), el("span", { class: "id", dir: "auto" }, message.tool_call_id)),
      message.is_error ? el("p", { class: "said", dir: "auto" }, ...folded(message.content)) : result(message.content),
    ];
  }
  return [
    message.thought && el("p", { class: "thought", dir: "auto" }, ...folded(message.thought)),
    message.content && el("p", { class: "said", dir: "auto" }, ...folded(message.content)),
    calls.length > 1 && el("p", { class: "together" }, `${plural(calls.length, "call")} at once`),
    calls.map((call) => oneCall(call, context)),
  ];
}

function oneCall(call, context) {
  const marks = context.findings.filter((finding) => finding.message === call.message && concerns(finding, call));
  const leaves = Object.keys(call.arguments).length ? leavesOf(call.arguments) : [];
  const at = new Map();
  for (const finding of marks) {
    const path = `$${finding.path.slice(placeOf(call).length)}`;
    const leaf = leaves.find(([each]) => each === path || each.startsWith(`${path}.`) || each.startsWith(`${path}[`));
    if (leaf && path !== "$") at.set(leaf[0], [...(at.get(leaf[0]) ?? []), finding]);
  }
  const elsewhere = marks.filter((finding) => ![...at.values()].flat().includes(finding));
  return el(
    "div",
    { class: "call", "data-call": call.id, "data-sub": call.subTask, id: `call-${call.id}` },
    el(
      "p",
      { class: "head" },
      el("code", { class: "function", dir: "auto" }, call.name),
      call.subTask && el("button", { type: "button", class: "chip", "data-sub": call.subTask, "data-jump": "sub", title: "Go to the sub-task" }, call.subTask),
      el("span", { class: "id", dir: "auto" }, call.id),
    ),
    leaves.length > 0 && el("ul", { class: "arguments" }, leaves.map(([path, value]) =>
      el("li", {}, argument(call, path, value, context), (at.get(path) ?? []).map(findingMark)))),
    elsewhere.map(findingMark),
  );
}

function placeOf(call) {
  return `$.tool_calls[${call.position}].function.arguments`;
}

function concerns(finding, call) {
  const path = finding.path ?? "";
  return path.startsWith(`$.tool_calls[${call.position}]`);
}

export function findingMark(finding) {
  return el(
    "p",
    { class: `finding ${finding.severity}` },
    el("span", { class: "sign", "aria-hidden": "true" }, finding.severity === "info" ? "i" : "!"),
    el("code", { dir: "auto" }, finding.code),
    " ",
    el("span", { dir: "auto" }, finding.text),
    el("span", { class: "fault" }, ` ${finding.severity}, ${finding.fault}`),
  );
}
